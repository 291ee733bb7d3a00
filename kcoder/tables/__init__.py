"""Reading tables of other people's making, and measuring texts. Knows no language, no model and no engine."""
