"""Which rows hold a benchmark's problems, whatever was renamed, reformatted or commented. Knows no stage and no hub."""
