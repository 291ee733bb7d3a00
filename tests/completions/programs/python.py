"""Six small right programs in Python."""

from programs.program import Program

PYTHON = (
    Program(
        "add_all",
        "numbers",
        "",
        """\
    total = 0
    for number in numbers:
        total += number
    return total
""",
        (("[1, 2]", "3"), ("[]", "0")),
    ),
    Program(
        "is_palindrome",
        "text",
        "",
        """\
    for i in range(len(text) // 2):
        if text[i] != text[-1 - i]:
            return False
    return True
""",
        (('"noon"', "True"), ('"no"', "False")),
    ),
    Program(
        "count_vowels",
        "text",
        "",
        """\
    return sum(text.count(vowel) for vowel in "aeiou")
""",
        (('"banana"', "3"), ('""', "0")),
    ),
    Program(
        "fib",
        "n",
        "",
        """\
    def step(a, b):
        return b, a + b

    pair = 0, 1
    for _ in range(n):
        pair = step(*pair)
    return pair[0]
""",
        (("10", "55"), ("0", "0")),
    ),
    Program(
        "largest",
        "numbers",
        "",
        """\
    best, *others = numbers
    for number in others:
        if number > best:
            best = number
    return best
""",
        (("[3, 9, 2]", "9"),),
    ),
    Program(
        "braced",
        "text",
        "",
        """\
    lines = '''
def no_function():
'''
    if not text:
        return "}"
    return f"{{{text}}}" if lines else ""
""",
        (('"a"', '"{a}"'), ('""', '"}"')),
    ),
)
