"""What drops rows by looking at all of them."""
