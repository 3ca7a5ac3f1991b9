"""The places of the stream in the order of what is written there: one sorted array from which the counts of
all n-grams of all sizes fall out as runs, at any threshold, and into which a new batch is merged.
"""
