"""Reads the expressions that test programs are made of: assertions, the calls in them, the literals they compare with."""
