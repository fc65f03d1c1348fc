"""Stories of the report."""
