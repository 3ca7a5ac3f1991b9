"""Active learning: which candidates to ask about next."""
