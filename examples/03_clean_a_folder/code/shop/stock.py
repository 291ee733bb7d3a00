"""How much of each article is left."""

from collections import Counter


class Stock:
    def __init__(self, start=()):
        self.left = Counter(dict(start))

    def take(self, article, count):
        if self.left[article] < count:
            raise ValueError(f"only {self.left[article]} of {article} left")
        self.left[article] -= count

    def missing(self, least):
        return sorted(article for article, count in self.left.items() if count < least)
