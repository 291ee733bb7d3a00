"""What runs and judges programs."""
