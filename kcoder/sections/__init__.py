"""The words of a spec."""
