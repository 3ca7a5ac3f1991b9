"""What one run has read, encoded and counted, kept for the next one: that reads and counts only documents
that are new or have changed, takes back those that went, and finds what a full run finds.
"""
