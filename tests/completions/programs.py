"""Six small right programs in each of six languages, in the parts that models write them in."""

from dataclasses import dataclass

IMPORTS = """import java.util.*;
import java.util.stream.*;
"""


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


JAVA = (
    Program(
        "addAll",
        "ArrayList<Long> numbers",
        "long",
        """\
    long total = 0;
    for (long number : numbers) {
        total += number;
    }
    return total;
""",
        (
            ("(new ArrayList<Long>(Arrays.asList((long)1l, (long)2l)))", "(3l)"),
            ("(new ArrayList<Long>(Arrays.asList()))", "(0l)"),
        ),
    ),
    Program(
        "isPalindrome",
        "String text",
        "boolean",
        """\
    for (int i = 0; i < text.length() / 2; i++) {
        if (text.charAt(i) != text.charAt(text.length() - 1 - i)) {
            return false;
        }
    }
    return true;
""",
        (('("noon")', "(true)"), ('("no")', "(false)")),
    ),
    Program(
        "countVowels",
        "String text",
        "long",
        """\
    return text.chars().filter(c -> "aeiou".indexOf(c) >= 0).count();
""",
        (('("banana")', "(3l)"), ('("")', "(0l)")),
    ),
    Program(
        "fib",
        "long n",
        "long",
        """\
    long a = 0, b = 1;
    while (n-- > 0) {
        long next = a + b;
        a = b;
        b = next;
    }
    return a;
""",
        (("(10l)", "(55l)"), ("(0l)", "(0l)")),
    ),
    Program(
        "largest",
        "ArrayList<Long> numbers",
        "long",
        """\
    return numbers.stream().max(new Comparator<Long>() {
        public int compare(Long a, Long b) {
            return Long.compare(a, b);
        }
    }).get();
""",
        (("(new ArrayList<Long>(Arrays.asList((long)3l, (long)9l, (long)2l)))", "(9l)"),),
    ),
    Program(
        "braced",
        "String text",
        "String",
        """\
    char open = '{';
    if (text.isEmpty()) {
        return "}";
    }
    return open + text + "}"; // }
""",
        (('("a")', '("{a}")'), ('("")', '("}")')),
    ),
)

RUST = (
    Program(
        "add_all",
        "numbers: Vec<isize>",
        "isize",
        """\
    let mut total = 0;
    for number in numbers.iter() {
        total += number;
    }
    total
""",
        (("vec![1, 2]", "3"), ("Vec::<isize>::new()", "0")),
    ),
    Program(
        "is_palindrome",
        "text: String",
        "bool",
        """\
    let letters: Vec<char> = text.chars().collect();
    for i in 0..letters.len() / 2 {
        if letters[i] != letters[letters.len() - 1 - i] {
            return false;
        }
    }
    true
""",
        (('String::from("noon")', "true"), ('String::from("no")', "false")),
    ),
    Program(
        "count_vowels",
        "text: String",
        "isize",
        """\
    text.chars().filter(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')).count() as isize
""",
        (('String::from("banana")', "3"), ('String::from("")', "0")),
    ),
    Program(
        "fib",
        "n: isize",
        "isize",
        """\
    match n {
        0 => 0,
        1 => 1,
        _ => {
            let (mut a, mut b) = (0, 1);
            for _ in 1..n {
                (a, b) = (b, a + b);
            }
            b
        }
    }
""",
        (("10", "55"), ("0", "0")),
    ),
    Program(
        "largest",
        "numbers: Vec<isize>",
        "isize",
        """\
    fn longer<'a>(a: &'a isize, b: &'a isize) -> &'a isize {
        if a > b { a } else { b }
    }
    let mut best = &numbers[0];
    for number in &numbers {
        best = longer(best, number);
    }
    *best
""",
        (("vec![3, 9, 2]", "9"),),
    ),
    Program(
        "braced",
        "text: String",
        "String",
        """\
    let open = '{';
    if text.is_empty() {
        return "}".to_string();
    }
    format!("{}{}{}", open, text, r#"}"#) // }
""",
        (('String::from("a")', 'String::from("{a}")'), ('String::from("")', 'String::from("}")')),
    ),
)

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

PROGRAMS = {"java": JAVA, "rust": RUST, "swift": SWIFT, "javascript": JAVASCRIPT, "ruby": RUBY, "python": PYTHON}
