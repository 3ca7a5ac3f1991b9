"""Word lists that seeds come from, and what people decided."""
