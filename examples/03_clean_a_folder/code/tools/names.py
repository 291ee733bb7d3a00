"""Names of articles as people write them."""

import unicodedata


def plain(name):
    letters = unicodedata.normalize("NFKD", name)
    kept = [c for c in letters if c.isalnum() or c == " "]
    return " ".join("".join(kept).lower().split())


def same(one, other):
    return plain(one) == plain(other)
