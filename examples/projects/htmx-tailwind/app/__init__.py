"""Search with htmx and Tailwind."""
