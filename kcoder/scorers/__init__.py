"""What measures the complexity of a program, each under its own definition."""
