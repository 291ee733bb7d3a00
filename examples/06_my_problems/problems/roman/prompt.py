def roman(number: int) -> str:
    """A number from 1 to 3999 in Roman numerals."""
