"""From what a model wrote to a candidate, in eight languages: right programs in the habits of real models."""

import pytest

from kcoder.completions.cut import cut, opened
from kcoder.language import Language
from kcoder.plugin import load

JAVA = (
    "import java.util.*;\nclass Problem {\n    // Twice the sum.\n    public static long twice(long a, long b) {\n",
    "        return 2 * (a + b);\n",
)
RUST = ("/// Twice the sum.\nfn twice(a: isize, b: isize) -> isize {\n", "    2 * (a + b)\n")
SWIFT = ("/// Twice the sum.\nfunc twice(a: Int, b: Int) -> Int {\n", "    return 2 * (a + b)\n")
NODE = ("// Twice the sum.\nfunction twice(a, b) {\n", "  return 2 * (a + b);\n")
RUBY = ("# Twice the sum.\ndef twice(a, b)\n", "  2 * (a + b)\n")
PYTHON = ('def twice(a, b):\n    """Twice the sum."""\n', "    return 2 * (a + b)\n")
GO = ("package twice_test\n\n// Twice the sum.\nfunc twice(a int, b int) int {\n", "\treturn 2 * (a + b)\n")
CPP = ("#include<vector>\n// Twice the sum.\nlong twice(long a, long b) {\n", "    return 2 * (a + b);\n")
LANGUAGES = {"java": JAVA, "rust": RUST, "swift": SWIFT, "javascript": NODE, "ruby": RUBY, "python": PYTHON}
LANGUAGES |= {"go": GO, "cpp": CPP}
CLOSERS = {"java": "    }\n", "ruby": "end\n", "python": ""}
USES = {
    "java": "\n    public static void main(String[] args) {\n        System.out.println(twice(1, 2));\n    }\n}\n",
    "rust": '\nfn main() {\n    println!("{}", twice(1, 2));\n}\n',
    "swift": "\nprint(twice(a: 1, b: 2))\n",
    "javascript": "\nconsole.log(twice(1, 2));\n",
    "ruby": "\nputs twice(1, 2)\n",
    "python": "\nprint(twice(1, 2))\n",
    "go": "\nfunc main() {\n\tprintln(twice(1, 2))\n}\n",
    "cpp": "\nint main() {\n    return twice(1, 2);\n}\n",
}


def told(name):
    prompt, body = LANGUAGES[name]
    return load("languages", name), prompt, body + CLOSERS.get(name, "}\n")


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_uses_the_function_goes_and_the_function_stays(name):
    language, prompt, whole = told(name)
    found = cut(language, prompt, whole + USES[name], "twice")
    assert (found.how, found.fault) == ("tree", "")
    assert "twice(1, 2)" not in found.code
    assert LANGUAGES[name][1].strip() in found.code


@pytest.mark.parametrize("name", set(LANGUAGES) - {"python", "ruby"})
def test_a_function_that_lacks_its_last_brace_is_closed(name):
    language, prompt, whole = told(name)
    body = LANGUAGES[name][1]
    assert cut(language, prompt, body, "twice").code.split() == cut(language, prompt, whole, "twice").code.split()


@pytest.mark.parametrize("name", LANGUAGES)
def test_windows_line_ends_change_nothing(name):
    language, prompt, whole = told(name)
    right = cut(language, prompt, whole, "twice").code
    assert cut(language, prompt, whole.replace("\n", "\r\n"), "twice").code == right


@pytest.mark.parametrize("name", LANGUAGES)
def test_an_answer_in_prose_holds_the_function_between_its_fences(name):
    language, prompt, whole = told(name)
    answer = f"Sure! Here is the function:\n\n```{name}\n{prompt}{whole}```\n\nIt returns twice the sum of the two.\n"
    found = cut(language, prompt, answer, "twice")
    assert (found.how, found.fault) == ("answer, tree", "")
    assert "Sure" not in found.code
    assert LANGUAGES[name][1].strip() in found.code


@pytest.mark.parametrize("name", ["rust", "javascript", "python"])
def test_a_helper_stays_wherever_it_stands_and_one_that_nothing_uses_goes(name):
    helper = {
        "rust": "fn help(n: isize) -> isize {\n    n\n}\n",
        "javascript": "function help(n) {\n  return n;\n}\n",
        "python": "def help(n):\n    return n\n",
    }[name]
    language, prompt, whole = told(name)
    using = whole.replace("(a + b)", "help(a + b)")
    assert helper.split("\n")[0] in cut(language, prompt, f"{using}\n{helper}", "twice").code
    if name != "python":  # Python keeps every later definition
        assert helper.split("\n")[0] not in cut(language, prompt, f"{whole}\n{helper}", "twice").code


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", "empty"), (" \n\n", "empty"), ("I am sorry, but I cannot help with that request.", "refused")],
)
def test_a_text_without_a_program_says_why(text, fault):
    language, prompt, _ = told("python")
    assert cut(language, prompt, text, "twice").fault == fault


def test_a_function_under_another_name_is_named():
    language, prompt, _ = told("javascript")
    answer = "```js\nfunction Twice(a, b) {\n  return 2 * (a + b);\n}\n```\n"
    assert cut(language, prompt, answer, "twice").fault == "renamed: Twice"


def test_a_language_without_a_grammar_is_cut_by_braces_or_its_stops():
    plain = Language(name="plain", suffixes=(".p",), comment="//", stops=("\nuse ",))
    found = cut(plain, "func f() {\n", '  say("}")\n}\nfunc g() {}\n', "f")
    assert (found.code, found.how) == ('func f() {\n  say("}")\n}\n', "braces")
    assert cut(plain, "to f\n", "  say\nuse f\n", "f").how == "stops"
    assert cut(plain, "to f\n", "  say\n", "f").how == "whole"


def test_tests_that_close_the_function_get_it_open():
    assert opened("fn f() {\n    1\n}\n", "}\n\nfn main() {}\n").rstrip() == "fn f() {\n    1"
    assert opened("def f\nend\n", "require 'x'\n") == "def f\nend\n"
