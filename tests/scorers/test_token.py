import pytest

from kcoder.scorers.token import Token

PRINTER = '''def show(path):
    """Print the lines of a file."""
    with open(path) as file:
        for line in file:
            print(line.strip())  # without spaces
'''


def score(program, language="python"):
    return Token().score(program, language)


def test_a_function_that_opens_strips_and_prints_is_counted():
    # operators: def ( x4 : x3 with as for in .   = 8 distinct, 13 in all
    # operands: show path x2 open file x2 line x2 print strip   = 7 distinct, 10 in all
    found = score(PRINTER)
    assert (found["halstead_vocabulary"], found["halstead_length"]) == (15, 23)
    assert found["halstead_difficulty"] == pytest.approx(8 / 2 * 10 / 7)


def test_comments_layout_and_documentation_count_for_nothing():
    assert score('"""About."""\n# note\nx = 1\n\n\n') == score("x = 1")
    assert score("x = 'text'")["halstead_length"] == 3


def test_true_false_and_none_are_operands():
    assert score("x = None") == score("x = 1")


def test_an_f_string_is_one_operand_in_every_version_of_python():
    assert score('x = f"a{y + 1:{w}}b"')["halstead_length"] == 3


def test_without_operands_difficulty_is_not_defined():
    assert score("pass")["halstead_difficulty"] is None
    assert score("pass")["halstead_length"] == 1


def test_other_languages_are_parted_by_their_own_comments():
    assert score("x = 1 # y", "ruby") == score("x = 1 // y", "javascript")
    assert score("int x = 1; /* y */", "java")["halstead_length"] == 5


@pytest.mark.parametrize("program", ["x = = 1", "x = 1\0", "x = " + " + ".join(["1"] * 30_000)])
def test_what_python_cannot_parse_has_no_values(program):
    assert score(program) is None


def test_a_language_whose_comments_nobody_knows_has_no_values():
    assert score("x", "klingon") is None


def test_every_function_of_python_is_told_with_what_stands_in_it():
    nested = "class A:\n    @wrapped(x)\n    async def f(self):\n        def g(): return 1\n        return g\n"
    program = f"x = [1, 2]\n\n{nested}{PRINTER}"
    found = {each["function"]: each for each in Token().functions(program, "python")}
    assert {name: each["line"] for name, each in found.items()} == {"f": 5, "g": 6, "show": 8}
    # def g ( : return 1
    assert (found["g"]["halstead_length"], found["f"]["halstead_length"]) == (6, 14)
    alone = Token().score(PRINTER, "python")
    assert {name: value for name, value in found["show"].items() if name in alone} == alone


@pytest.mark.parametrize(("program", "language"), [("def f(:", "python"), ("int f() { return 1; }", "java")])
def test_functions_are_not_told_of_what_is_not_parsed(program, language):
    assert Token().functions(program, language) == []


def test_every_value_it_declares_is_told():
    assert score("x = 1").keys() == Token.values.keys()
