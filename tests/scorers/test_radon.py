import ast
import sysconfig
from pathlib import Path

import pytest
from radon.complexity import average_complexity, cc_visit
from radon.metrics import h_visit, halstead_visitor_report
from radon.visitors import ComplexityVisitor, HalsteadVisitor

from kcoder.scorers.radon import Radon

PRINTER = """def show(path):
    with open(path) as file:
        for line in file:
            print(line.strip())
"""


def score(program):
    return Radon().score(program, "python")


def test_a_function_with_one_with_has_complexity_one():
    assert score("def f(a):\n    with a:\n        pass\n")["cyclomatic"] == 1


def test_a_function_that_opens_strips_and_prints_has_no_halstead_counts():
    found = score(PRINTER)
    assert (found["halstead_vocabulary"], found["halstead_length"], found["halstead_difficulty"]) == (0, 0, 0)


def test_decision_points_are_counted_per_block():
    # f: 1 + if + and = 3; A: 1 + its method's 2 = 3 as a class of one method; A.g: 1 + for = 2
    found = score(
        "def f(x, y):\n    if x and y:\n        return 1\n"
        "class A:\n    def g(self, xs):\n        for x in xs:\n            pass\n"
    )
    assert found["cyclomatic"] == pytest.approx((3 + 3 + 2) / 3)
    assert (found["cyclomatic_max"], found["cyclomatic_sum"], found["functions"]) == (3, 8, 2)


def test_a_program_without_functions_is_one_path_though_it_decides_something():
    found = score("for n in range(9):\n    if n:\n        print(n)\n")
    assert (found["cyclomatic"], found["cyclomatic_sum"], found["cyclomatic_program"]) == (1, 0, 3)


@pytest.mark.parametrize(
    ("program", "statements"),
    [
        ("C", 0),
        ("[1, 2, 3]", 0),
        ("x or y", 0),
        ('{"name": "John"}', 0),
        ("apple: fruit\ncat: noun", 0),
        ("604-457-4895", 0),
        ("# only a comment", 0),
        ("numbers[::-1]", 1),
        ("x: int = 1", 1),
        ("print(1)", 1),
        ("x = 1\nx", 1),
        ("import os\nos.name\nos.getcwd()", 2),
    ],
)
def test_prose_and_data_that_parse_do_nothing(program, statements):
    assert score(program)["statements"] == statements


@pytest.mark.parametrize(
    "program",
    [
        "x = " + " + ".join(["1"] * 30_000),
        "x" + "[0]" * 5000,
        "not " * 30_000 + "x",
        "(" * 300 + ")" * 300,
        "x = 1\0",
        "x = '\ud800'",
        "def f(:",
    ],
    ids=["a sum of 30,000 terms", "subscripts", "not", "brackets", "NUL", "a lone surrogate", "syntax"],
)
def test_what_cannot_be_read_has_no_values(program):
    assert score(program) is None
    assert Radon().functions(program, "python") == []


def test_values_equal_radons_on_real_files():
    files = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[:60]
    assert len(files) == 60
    for file in files:
        text = file.read_text()
        blocks, total, found = cc_visit(text), h_visit(text).total, score(text)
        assert found["cyclomatic"] == (average_complexity(blocks) or 1)
        assert found["cyclomatic_max"] == max((b.complexity for b in blocks), default=1)
        assert found["halstead_vocabulary"] == total.vocabulary
        assert found["halstead_length"] == total.length
        assert found["halstead_calculated_length"] == total.calculated_length
        assert found["halstead_difficulty"] == total.difficulty
        assert found["halstead_volume"] == total.volume


@pytest.mark.parametrize(
    "program",
    [
        "match f(x + 1):\n    case [1, a] if a > 2:\n        y = a if a else -a\n    case _:\n        pass\n",
        "match x:\n    case A(b, c=None) | {'k': -1, **r} | [*_, True] as y: pass\n    case 1 + 2j if x.y: pass\n",
        "try:\n    f(a and b)\nexcept* (A, B):\n    g(not x)\nelse:\n    x += [i for i in j if i if j]\nfinally: pass",
        "@d(1 + 2)\nclass A(B, k=1 + 1):\n    x: int = 1 < 2 < 3\n    async def f(self, a=1 * 2): await g(a % b)\n",
        "def f():\n    def g(): return {k: v for k, v in z if k or v}\n    return lambda x=1 ** 2: x << 3\n",
        "while x != y:\n    assert x, y\nelse:\n    print(f'{a + b:{c - d}}', *[e // f], **{g: h | i})\n",
        "x[a:b - 1] = (yield_ := u), {**v}\nwith a(b + c) as d, e:\n    for i in j:\n        break\n    else: pass\n",
        "import os\nglobal x\ndel a[b @ c]\nraise X(a ^ b) from c\n",
        "pass",
    ],
)
def test_values_equal_radons_on_every_kind_of_statement(program):
    blocks, total, found = cc_visit(program), h_visit(program).total, score(program)
    assert found["cyclomatic"] == (average_complexity(blocks) or 1)
    assert found["cyclomatic_program"] == ComplexityVisitor.from_code(program).total_complexity
    assert (found["halstead_vocabulary"], found["halstead_length"]) == (total.vocabulary, total.length)
    assert (found["halstead_difficulty"], found["halstead_volume"]) == (total.difficulty, total.volume)


def test_every_function_is_told_with_its_line():
    found = Radon().functions("def f(x):\n    def g(y):\n        return y + 1 if y else 0\n    return g\n", "python")
    assert [(each["function"], each["line"], each["cyclomatic"]) for each in found] == [("f", 1, 1), ("g", 2, 2)]
    assert [each["halstead_length"] for each in found] == [3, 3]


def test_values_of_functions_equal_radons_on_real_files():
    files = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[:30]
    compared = 0
    for text in map(Path.read_text, files):
        found = Radon().functions(text, "python")
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        assert [each["function"] for each in found] == [node.name for node in nodes]
        for each, node in zip(found, nodes, strict=True):
            halstead = halstead_visitor_report(HalsteadVisitor.from_ast(node))
            assert each["cyclomatic"] == ComplexityVisitor.from_ast(node).functions[0].complexity
            assert (each["halstead_length"], each["halstead_volume"]) == (halstead.length, halstead.volume)
            compared += 1
    assert compared > 500


def test_every_value_it_declares_is_told():
    assert score("x = 1").keys() == Radon.values.keys()
