"""Components in htpy."""
