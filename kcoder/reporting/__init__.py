"""What the report is made of: numbers, the choice of settings, sentences, figures, one page."""
