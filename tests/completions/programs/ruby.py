"""Six small right programs in Ruby."""

from programs.program import Program

RUBY = (
    Program(
        "add_all",
        "numbers",
        "",
        """\
    total = 0
    numbers.each do |number|
        total += number
    end
    total
""",
        (("[1, 2]", "3"), ("[]", "0")),
    ),
    Program(
        "is_palindrome",
        "text",
        "",
        """\
    (0...text.length / 2).each do |i|
        return false if text[i] != text[-1 - i]
    end
    true
""",
        (('"noon"', "true"), ('"no"', "false")),
    ),
    Program(
        "count_vowels",
        "text",
        "",
        """\
    text.count("aeiou")
""",
        (('"banana"', "3"), ('""', "0")),
    ),
    Program(
        "fib",
        "n",
        "",
        """\
    a, b = 0, 1
    while n > 0
        a, b = b, a + b
        n -= 1
    end
    a
""",
        (("10", "55"), ("0", "0")),
    ),
    Program(
        "largest",
        "numbers",
        "",
        """\
    best = numbers.first
    for number in numbers do
        best = number if number > best
    end
    best
""",
        (("[3, 9, 2]", "9"),),
    ),
    Program(
        "braced",
        "text",
        "",
        """\
    return "}" if text.empty?
    ended = "end" # end
    ended.empty? ? "" : "{#{text}}"
""",
        (('"a"', '"{a}"'), ('""', '"}"')),
    ),
)
