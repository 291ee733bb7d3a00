def halves(numbers: list[int]) -> list[float]:
    """Half of each number."""
