"""Masked language models: loaded from a hub or a folder, or trained on the corpus; and what they prune.

Plain functions without Django. Only workers import torch and transformers, and only inside functions.
"""
