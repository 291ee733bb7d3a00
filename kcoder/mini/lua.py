"""Made functions in Lua: the same three lines around every walk, `r` being what is returned.

Only what Lua 5.1 and later share, and only results of the same kind as Python's: `%` is floored in both.
"""

from __future__ import annotations

from kcoder.mini.function import Choice, Function, Pair, Walk
from kcoder.mini.writer import Writer

PAIRS = {
    "sum": "{} + {}",
    "difference": "{} - {}",
    "larger": "math.max({}, {})",
    "smaller": "math.min({}, {})",
}
ITERATIONS = {
    "numbers": "_, {item} in ipairs({over})",
    "words": "_, {item} in ipairs({over})",
    "letters": '{item} in {over}:gmatch(".")',
}
#: what `r` is at first, and what each item does to it
FINISHES = {
    "list": ("{}", "table.insert(r, {})"),
    "sorted": ("{}", "table.insert(r, {})"),
    "reversed": ("{}", "table.insert(r, 1, {})"),
    "sum": ("0", "r = r + {}"),
    "count": ("0", "r = r + 1"),
    "any": ("false", "r = r or {}"),
    "all": ("true", "r = r and {}"),
    "joined": ('""', "r = r .. {}"),
    "backwards": ('""', "r = {} .. r"),
}


class Lua(Writer):
    operations = {  # noqa: RUF012 - a ClassVar of the base
        "plain": "{0}",
        # numbers
        "square": "{0} * {0}",
        "double": "{0} * 2",
        "plus": "{0} + {1}",
        "minus": "{0} - {1}",
        "times": "{0} * {1}",
        "modulo": "{0} % {1}",
        "absolute": "math.abs({0})",
        "negated": "-{0}",
        "even": "{0} % 2 == 0",
        "odd": "{0} % 2 == 1",
        "positive": "{0} > 0",
        "negative": "{0} < 0",
        "above": "{0} > {1}",
        "below": "{0} < {1}",
        "divisible": "{0} % {1} == 0",
        "other": "{0} ~= {1}",
        # words
        "upper": "{0}:upper()",
        "mirrored": "{0}:reverse()",
        "length": "#{0}",
        "initial": "{0}:sub(1, 1)",
        "longer": "#{0} > {1}",
        "shorter": "#{0} < {1}",
        "starting": '{0}:sub(1, 1) == "{1}"',
        "ending": '{0}:sub(-1) == "{1}"',
        "containing": '{0}:find("{1}")',
        # letters
        "twice": "{0} .. {0}",
        "vowel": '{0}:find("[aeiou]")',
        "consonant": '{0}:find("[^aeiou]")',
        "is": '{0} == "{1}"',
        "isnt": '{0} ~= "{1}"',
    }

    def prompt(self, function: Function) -> str:
        return f"-- {function.says}\nfunction {function.name}({', '.join(function.arguments)})\n"

    def pair(self, pair: Pair) -> str:
        return f"  return {PAIRS[pair.how].format(self.apply(pair.left), self.apply(pair.right))}\nend\n"

    def choice(self, choice: Choice) -> str:
        then, condition = self.apply(choice.then), self.apply(choice.condition)
        return f"  if {condition} then return {then} else return {self.apply(choice.otherwise)} end\nend\n"

    def walk(self, walk: Walk) -> str:
        start, step = FINISHES[walk.finish]
        step = step.format(self.apply(walk.each))
        if walk.where:
            step = f"if {self.apply(walk.where)} then {step} end"
        iteration = ITERATIONS[walk.items].format(item=walk.item, over=walk.over)
        sort = "  table.sort(r)\n" if walk.finish == "sorted" else ""
        return f"  local r = {start}\n  for {iteration} do {step} end\n{sort}  return r\nend\n"
