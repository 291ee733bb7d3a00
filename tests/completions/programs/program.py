"""A small right program, in the parts that models write it in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """A function of one argument: `given` declares it, `body` are its lines, indented by one step of four."""

    entry: str
    given: str
    returns: str
    body: str
    #: argument and result, as the language writes them
    checks: tuple[tuple[str, str], ...]

    @property
    def argument(self):
        return self.given.split(":")[0].split()[-1]
