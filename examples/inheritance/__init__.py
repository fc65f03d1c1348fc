"""What stories take over from their subject, and nodes from nothing but their place."""
