"""What goods cost, in cents."""


def total(items):
    """The price of (price, count) pairs; a dozen of one kind is a tenth cheaper."""
    cents = 0
    for price, count in items:
        whole = price * count
        if count >= 12:
            whole -= whole // 10
        cents += whole
    return cents


def shown(cents):
    return f"{cents // 100}.{cents % 100:02}"
