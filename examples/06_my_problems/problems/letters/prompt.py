def letters(text: str) -> dict[str, int]:
    """How often each letter stands in a text, whatever its case; nothing else counts."""
