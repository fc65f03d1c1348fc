"""A list of tasks in FastHTML."""
