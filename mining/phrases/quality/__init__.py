"""Which candidates are phrases: seeds, features and the robust positive-only forest."""
