"""What drops one row."""
