"""Compilers' and runtimes' words, and what they mean (`kcoder/failures.py`)."""
