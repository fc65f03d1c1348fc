"""Every field of every class, used once and explained."""
