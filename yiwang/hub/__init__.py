"""数纽: decisions and the movement of work."""
