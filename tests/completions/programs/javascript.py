"""Six small right programs in JavaScript."""

from programs.program import Program

JAVASCRIPT = (
    Program(
        "add_all",
        "numbers",
        "",
        """\
    let total = 0;
    for (const number of numbers) {
        total += number;
    }
    return total;
""",
        (("[1, 2]", "3"), ("[]", "0")),
    ),
    Program(
        "is_palindrome",
        "text",
        "",
        """\
    for (let i = 0; i < text.length / 2; i++) {
        if (text[i] !== text[text.length - 1 - i]) {
            return false;
        }
    }
    return true;
""",
        (('"noon"', "true"), ('"no"', "false")),
    ),
    Program(
        "count_vowels",
        "text",
        "",
        """\
    return (text.match(/[aeiou]/g) || []).length;
""",
        (('"banana"', "3"), ('""', "0")),
    ),
    Program(
        "fib",
        "n",
        "",
        """\
    const step = function ([a, b]) {
        return [b, a + b];
    };
    let pair = [0, 1];
    while (n-- > 0) pair = step(pair);
    return pair[0];
""",
        (("10", "55"), ("0", "0")),
    ),
    Program(
        "largest",
        "numbers",
        "",
        """\
    return numbers.reduce((a, b) => {
        return a > b ? a : b;
    });
""",
        (("[3, 9, 2]", "9"),),
    ),
    Program(
        "braced",
        "text",
        "",
        """\
    const open = '{';
    if (!text.replace(/}/g, "")) {
        return "}";
    }
    return `${open}${text}}`; // }
""",
        (('"a"', '"{a}"'), ('""', '"}"')),
    ),
)
