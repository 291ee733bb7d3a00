"""Reads the expressions of test programs: assertions, the calls in them, the literals they compare with."""
