"""Text before mining: which language, which sentences, which normal form. Plain Python, no Django."""
