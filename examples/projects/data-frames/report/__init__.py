"""A report of sales."""
