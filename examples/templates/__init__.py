"""All that a component, and a story's template, may return."""
