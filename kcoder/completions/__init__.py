"""From what a model wrote to the candidate's code, by the language's grammar."""
