"""Components that show money."""
