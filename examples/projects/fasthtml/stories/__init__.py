"""Stories of the components."""
