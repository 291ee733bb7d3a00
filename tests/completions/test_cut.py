"""Candidates out of what models write: prose, fences, other names, texts that have no tree.

What each language's answers hold beside the function: test_scripts.py, test_compiled.py.
"""

import pytest
from diffs import check, fence

from kcoder.completions.cut import Cut, cut, opened
from kcoder.language import Language
from kcoder.languages.java import JAVA
from kcoder.languages.javascript import JAVASCRIPT
from kcoder.languages.python import PYTHON

JS = "//Adds one.\nfunction f(n){\n"
JV = "import java.util.*;\nclass Problem {\n    // Adds one.\n    public static long f(long n) {\n"
PY_F = "def f(n):\n    return n + 1\n"


# ---- prose and fences -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["AddOne", "add_one", "ADDONE"])
def test_another_spelling_of_the_name_is_named(name):
    found = cut(JAVASCRIPT, "function addOne(n){\n", fence(f"function {name}(n) {{ return n + 1; }}\n"), "addOne")
    assert found.fault == f"renamed: {name}"
    assert f"function {name}" in found.code


def test_another_name_with_the_same_arguments_is_named():
    code = "import java.util.*;\nclass Problem {\n    static long plusOne(long n) { return n + 1; }\n}\n"
    assert cut(JAVA, JV, fence(code), "f").fault == "renamed: plusOne"
    assert cut(JAVA, JV, code, "f").fault == "renamed: plusOne"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Cut("", "whole", "empty")),
        (" \n\n", Cut("", "whole", "empty")),
        ("I am sorry, but I can't help with that.\n\nPlease ask me something else.", Cut("", "whole", "refused")),
        ("Say this:\n```bash\nnpm install\n```\n", Cut("npm install\n", "answer, whole", "missing")),
    ],
)
def test_where_there_is_no_candidate_its_fault_says_why(text, wanted):
    assert cut(JAVASCRIPT, JS, text, "f") == wanted


def test_a_helper_in_another_fence_is_found():
    helper, answer = fence("def g(n):\n    return n\n"), fence("def f(n):\n    return g(n) + 1\n")
    text = f"First a helper:\n{helper}\n{answer}"
    check(PYTHON, "def f(n):\n", text, "def g(n):\n    return n\ndef f(n):\n    return g(n) + 1\n", "answer, tree")


def test_of_two_answers_the_first_counts():
    text = fence(PY_F) + "A shorter way:\n" + fence("f = lambda n: n + 1\n")
    check(PYTHON, "def f(n):\n", text, PY_F, "answer, tree")


def test_fences_within_the_code_end_nothing():
    code = 'def f(n):\n    """\n    ```\n    f(1)\n    ```\n    """\n    return n + 1\n'
    check(PYTHON, "def f(n):\n", f"1. Here:\n\n```python\n{code}```\n", code, "answer, tree")


def test_what_a_model_thinks_aloud_is_no_answer():
    text = "<think>\n" + fence("def f(n):\n    return n\n") + f"</think>\n{fence(PY_F)}"
    check(PYTHON, "def f(n):\n", text, PY_F, "answer, tree")


def test_an_unfinished_function_stays_unfinished():
    text = "    if (n) {\n        return n +"
    assert cut(JAVASCRIPT, JS, text, "f").code.rstrip() == JS + text
    assert opened(cut(JAVASCRIPT, JS, text, "f").code, "}\n").rstrip() == JS + text


def test_odd_characters_stop_nothing():
    assert (
        cut(PYTHON, "def f(n):\n", '    return "\ud83d\0" + n\n', "f").code == 'def f(n):\n    return "\ud83d\0" + n\n'
    )


def test_a_prompt_without_the_function_is_no_obstacle():
    prompt = '"""Write a function f that adds one.\nassert f(1) == 2\n"""\n'
    check(PYTHON, prompt, f"import os\n\n{PY_F}\nprint(f(1))\n", f"import os\n{PY_F}", "answer, tree")


# ---- without a tree -------------------------------------------------------------------------------------------


def test_a_text_that_is_too_much_for_its_parser_is_cut_by_braces():
    found = cut(JAVA, JV, "        return n;\n    }\n}\n" + "x=>" * 6000, "f")
    assert found == Cut(f"{JV}        return n;\n    }}\n}}\n", "braces", "")
    assert cut(JAVA, JV, "        return n;\n    }\n", "f").how == "tree"


def test_a_language_without_a_grammar_has_its_braces_and_stops():
    plain = Language(name="c", suffixes=(".c",), comment="//", stops=("\nmain",))
    body = "    char shut = '}'; // }\n    return n;\n}\n"
    assert cut(plain, "int f(int n) {\n", body + "int g() {}\n", "f") == Cut("int f(int n) {\n" + body, "braces")
    assert cut(plain, "f n =\n", "  n\nmain = f 1\n", "f") == Cut("f n =\n  n\n", "stops")
    assert cut(plain, "f n =\n", "  n\n", "f") == Cut("f n =\n  n\n", "whole")


# ---- before tests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "tests", "wanted"),
    [
        ("fn f() {\n}\n", "}\n\nfn main() {\n}\n", "fn f() {\n"),
        (
            "class A {\n  f() {\n  }\n}\n",
            '    }\n    void main() {\n  "}".g();\n    }\n\n}\n',
            "class A {\n  f() {\n  ",
        ),
        ("fn f() {\n}\n", "fn main() {\n}\n", "fn f() {\n}\n"),
        ("def f(n):\n    pass\n", "assert f({}) == '}'\n", "def f(n):\n    pass\n"),
    ],
)
def test_tests_that_close_the_code_themselves_find_it_open(code, tests, wanted):
    assert opened(code, tests) == wanted
