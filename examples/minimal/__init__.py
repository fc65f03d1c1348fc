"""The smallest catalog: one component, one story, one file."""
