"""The kinds of candidates that machines propose; each hands itself in to annotation.kinds."""
