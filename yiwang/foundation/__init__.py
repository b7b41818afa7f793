"""数基: who, where, what, and proof."""
