"""Made functions in Python: one returned expression, a comprehension where items are walked through."""

from __future__ import annotations

from kcoder.mini.function import Choice, Function, Pair, Walk
from kcoder.mini.writer import Writer

PAIRS = {
    "sum": "{} + {}",
    "difference": "{} - {}",
    "larger": "max({}, {})",
    "smaller": "min({}, {})",
}
FINISHES = {
    "list": "[{}]",
    "sorted": "sorted({})",
    "reversed": "[{}][::-1]",
    "sum": "sum({})",
    "count": "len([{}])",
    "any": "any({})",
    "all": "all({})",
    "joined": '"".join({})',
    "backwards": '"".join([{}])[::-1]',
}


class Python(Writer):
    operations = {  # noqa: RUF012 - a ClassVar of the base
        "plain": "{0}",
        # numbers
        "square": "{0} * {0}",
        "double": "{0} * 2",
        "plus": "{0} + {1}",
        "minus": "{0} - {1}",
        "times": "{0} * {1}",
        "modulo": "{0} % {1}",
        "absolute": "abs({0})",
        "negated": "-{0}",
        "even": "{0} % 2 == 0",
        "odd": "{0} % 2 == 1",
        "positive": "{0} > 0",
        "negative": "{0} < 0",
        "above": "{0} > {1}",
        "below": "{0} < {1}",
        "divisible": "{0} % {1} == 0",
        "other": "{0} != {1}",
        # words
        "upper": "{0}.upper()",
        "mirrored": "{0}[::-1]",
        "length": "len({0})",
        "initial": "{0}[:1]",
        "longer": "len({0}) > {1}",
        "shorter": "len({0}) < {1}",
        "starting": '{0}.startswith("{1}")',
        "ending": '{0}.endswith("{1}")',
        "containing": '"{1}" in {0}',
        # letters
        "twice": "{0} + {0}",
        "vowel": '{0} in "aeiou"',
        "consonant": '{0} not in "aeiou"',
        "is": '{0} == "{1}"',
        "isnt": '{0} != "{1}"',
    }

    def prompt(self, function: Function) -> str:
        return f'def {function.name}({", ".join(function.arguments)}):\n    """{function.says}"""\n'

    def pair(self, pair: Pair) -> str:
        return f"    return {PAIRS[pair.how].format(self.apply(pair.left), self.apply(pair.right))}\n"

    def choice(self, choice: Choice) -> str:
        then, condition = self.apply(choice.then), self.apply(choice.condition)
        return f"    return {then} if {condition} else {self.apply(choice.otherwise)}\n"

    def walk(self, walk: Walk) -> str:
        where = f" if {self.apply(walk.where)}" if walk.where else ""
        items = f"{self.apply(walk.each)} for {walk.item} in {walk.over}{where}"
        return f"    return {FINISHES[walk.finish].format(items)}\n"
