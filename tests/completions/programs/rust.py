"""Six small right programs in Rust."""

from programs.program import Program

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
