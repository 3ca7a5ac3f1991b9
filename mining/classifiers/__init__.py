"""Classifiers of candidates: rows in, probabilities out; no Django, and nothing heavy until one is loaded."""
