"""Products, and a basket to put them in."""
