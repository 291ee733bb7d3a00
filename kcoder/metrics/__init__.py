"""What turns outcomes into scores."""
