"""What many answers say together: arrays in, posteriors out, no database.

majority, naive_bayes: one task at a time, plain Python, quick enough for a web process.
dawid_skene, crowd_kit, fit: all judgments of a campaign at once, for workers (numpy, pandas).
"""
