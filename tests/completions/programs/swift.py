"""Six small right programs in Swift."""

from programs.program import Program

SWIFT = (
    Program(
        "add_all",
        "numbers: [Int]",
        "Int",
        """\
    var total = 0
    for number in numbers {
        total += number
    }
    return total
""",
        (("numbers: [1, 2]", "3"), ("numbers: [] as [Int]", "0")),
    ),
    Program(
        "is_palindrome",
        "text: String",
        "Bool",
        """\
    let letters = Array(text)
    for i in 0..<letters.count / 2 {
        if letters[i] != letters[letters.count - 1 - i] {
            return false
        }
    }
    return true
""",
        (('text: "noon"', "true"), ('text: "no"', "false")),
    ),
    Program(
        "count_vowels",
        "text: String",
        "Int",
        """\
    return text.filter { "aeiou".contains($0) }.count
""",
        (('text: "banana"', "3"), ('text: ""', "0")),
    ),
    Program(
        "fib",
        "n: Int",
        "Int",
        """\
    guard n > 1 else { return n }
    var (a, b) = (0, 1)
    for _ in 2...n {
        (a, b) = (b, a + b)
    }
    return b
""",
        (("n: 10", "55"), ("n: 0", "0")),
    ),
    Program(
        "largest",
        "numbers: [Int]",
        "Int",
        """\
    switch numbers.count {
    case 1:
        return numbers[0]
    default:
        return numbers.reduce(numbers[0], { $0 > $1 ? $0 : $1 })
    }
""",
        (("numbers: [3, 9, 2]", "9"),),
    ),
    Program(
        "braced",
        "text: String",
        "String",
        """\
    let open = "{"
    if text.isEmpty {
        return "}"
    }
    return "\\(open)\\(text)}" // }
""",
        (('text: "a"', '"{a}"'), ('text: ""', '"}"')),
    ),
)
