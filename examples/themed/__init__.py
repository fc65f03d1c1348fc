"""Stories inside the page of one's own product: a themed layout with static files."""
