"""From YAML to typed sections, with the line and column of everything."""
