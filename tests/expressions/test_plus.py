import gzip
import json

import pytest

from kcoder.errors import UsageError
from kcoder.expressions.plus import program, restored, rows, with_contract

ROW = {
    "task_id": "HumanEval/0",
    "prompt": "def f(x):\n",
    "entry_point": "f",
    "canonical_solution": "    return x\n",
    "contract": "",
    "base_input": [[1]],
    "plus_input": [["1"], [None]],
    "atol": 0,
}


def judged(answer, **changed):
    """Whether the test program passes with this candidate, run here: a reason where not."""
    names = {}
    row = ROW | changed
    exec(answer, names)
    try:
        exec(program(row), {row["entry_point"]: names[row["entry_point"]]})
    except AssertionError as error:
        return str(error) or "no"
    return ""


def test_the_canonical_solution_says_what_is_expected():
    assert judged("def f(x): return x") == ""
    assert judged("def f(x): return str(x)") == "f(1) gave '1', expected 1"


def test_numbers_are_compared_as_exactly_as_asked():
    told = {"canonical_solution": "    return x / 3\n", "base_input": [[1]], "plus_input": []}
    assert judged("def f(x): return x / 3 + 1e-7", **told) == ""
    assert judged("def f(x): return x / 3 + 1e-5", **told)
    assert judged("def f(x): return x / 3 + 1e-5", **told, atol=1e-4) == ""
    assert judged("def f(x): return '0.333'", **told)
    told = {"canonical_solution": "    return 3\n", "base_input": [[1]], "plus_input": []}
    assert judged("def f(x): return 3.0000001", **told)
    nested = {"canonical_solution": "    return [(x / 3, 'a')]\n", "base_input": [[1]], "plus_input": [], "atol": 1e-6}
    assert judged("def f(x): return [(x / 3 + 1e-8, 'a')]", **nested) == ""
    assert judged("def f(x): return [(x / 3, 'b')]", **nested)
    assert judged("def f(x): return [(x / 3,)]", **nested)


def test_an_input_is_not_spoilt_by_who_changes_it():
    told = {"canonical_solution": "    x.append(1)\n    return len(x)\n", "base_input": [[[]]], "plus_input": [[[2]]]}
    assert judged("def f(x):\n    x += [1, 1]\n    return len(x) - 1", **told) == ""


def test_where_the_contract_rules_out_all_there_is_no_pass():
    assert judged("def f(x): return x", contract="    assert False\n") == "the contract rules out every input"


@pytest.mark.parametrize(
    ("entry", "solution", "inputs", "right", "wrong"),
    [
        ("find_zero", "return 1.0", [[[-1, 0, 1]]], "return -1.0", "return 0.5"),
        ("sum_div", "return 6", [[6]], "return 0", "return 1"),
        ("are_equivalent", "return True", [[1]], "return False", None),
        ("check_str", "return 'match'", [[1]], "return True", "return None"),
        ("check_str", "return None", [[1]], "return False", "return 'match'"),
        ("find_char_long", "return ['a', 'b']", [[1]], "return ['b', 'a']", "return ['a']"),
        ("digit_distance_nums", "return 1", [[123, 4]], "return 4", "return 5"),
        ("surface_Area", "return 33", [[3, 4]], "return 35", "return 36"),
    ],
)
def test_problems_with_more_right_answers_than_one(entry, solution, inputs, right, wrong):
    def told(body):
        arguments = ", ".join(f"a{n}" for n in range(len(inputs[0])))
        return f"def {entry}({arguments}):\n    {body}\n"

    row = {"entry_point": entry, "prompt": told("").strip(" \n") + "\n", "canonical_solution": f"    {solution}\n"}
    row |= {"base_input": inputs, "plus_input": [], "atol": 1e-6 if entry == "find_zero" else 0}
    assert judged(told(solution), **row) == ""
    assert judged(told(right), **row) == ""
    assert wrong is None or judged(told(wrong), **row)


def test_a_contract_stands_at_the_beginning_of_the_function():
    assert (
        with_contract("def f(x):\n", "    return x\n", "    assert x\n", "f")
        == "def f(x):\n    assert x\n    return x\n"
    )
    whole = with_contract("words\n", "\nimport re\ndef f (x):\n  return x\n", "\n  assert x", "f")
    assert whole == "\nimport re\ndef f (x):\n\n  assert x\n  return x\n"


@pytest.mark.parametrize(
    ("number", "told", "meant"),
    [
        (1, [[1, [2]]], [[1, [2]]]),
        (2, [[1, 2], [3]], [(1, 2), (3,)]),
        (63, [[[1, 2], [3, 4]]], [[(1, 2), (3, 4)]]),
        (75, [[[1], [2]], 5], [[(1,), (2,)], 5]),
        (106, [[1], [2]], [[1], (2,)]),
        (115, [[[1], []]], [[{1}, {}]]),
        (124, ["1.5", "(1+2j)"], [1.5, 1 + 2j]),
        (250, [[1, 2], 2], [(1, 2), 2]),
        (259, [[[1, 2]], [[3, 4]]], [((1, 2),), ((3, 4),)]),
        (278, [[1, [2]]], [(1, (2,))]),
        (307, [[1, []], 1, 2], [(1, []), 1, 2]),
        (722, [{"a": [1, 2]}, 1], [{"a": (1, 2)}, 1]),
        (252, ["1j"], [1j]),
        (580, [[1, [2, [3]]]], [(1, (2, (3,)))]),
    ],
)
def test_inputs_of_mbpp_plus_get_back_what_json_lost(number, told, meant):
    assert restored(number, [told]) == [meant]
    assert repr(restored(number, [told])) == repr([meant])


def test_a_value_is_read_as_it_is_meant(tmp_path):
    path = tmp_path / "p.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps({"a": [1, "1", 1.0, float("inf")]}).encode() + b"\n\n"))
    assert repr(list(rows(path))) == "[{'a': [1, '1', 1.0, inf]}]"
    path.write_bytes(b"no gzip")
    with pytest.raises(UsageError, match=r"p\.jsonl\.gz: "):
        list(rows(path))
