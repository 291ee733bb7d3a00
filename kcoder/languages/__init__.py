"""Programming languages."""
