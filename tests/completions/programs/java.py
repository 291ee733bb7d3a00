"""Six small right programs in Java."""

from programs.program import Program

IMPORTS = """import java.util.*;
import java.util.stream.*;
"""

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
