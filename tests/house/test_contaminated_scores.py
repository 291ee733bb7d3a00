"""Problems that a model learnt from are scored apart, from the rows they stand in to the page, by the command line."""

import json

import polars as pl
import pytest
from click.testing import CliRunner

from kcoder.cli import _exit_code

SPEC = """name: held
pretrain:
  {hidden: 16, layers: 1, heads: 4, vocabulary: 300, context: 128, max_steps: 3,
   data: {source: {mini: {functions: 200}}, language: python, decontaminate: mini}}
data:
  {source: rows.jsonl, language: python, decontaminate: {benchmarks: problems.jsonl, mode: report},
   split: {train: 0.5, valid: 0.25, test: 0.25, by: []}}
train: {method: full, max_steps: 2}
evaluate: {benchmark: problems.jsonl, languages: [python], samples: 1, temperature: 0, pass_at: [1], max_tokens: 8}
"""
PROBLEMS = {
    "vowels": (
        'def count_vowels(text):\n    """How many letters of a text are vowels, whatever their case."""\n',
        '    lowered = text.lower()\n    return sum(letter in "aeiou" for letter in lowered)\n',
        [[["Area"], 3]],
    ),
    "halving": (
        'def halvings(number):\n    """How often a number can be halved before it is odd."""\n',
        "    times = 0\n    while number and number % 2 == 0:\n"
        "        number //= 2\n        times += 1\n    return times\n",
        [[[12], 2]],
    ),
    "runs": (
        'def longest_run(values):\n    """The length of the longest run of equal values that stand together."""\n',
        "    best = length = 0\n    for at, value in enumerate(values):\n"
        "        length = length + 1 if at and value == values[at - 1] else 1\n        best = max(best, length)\n"
        "    return best\n",
        [[[[1, 1, 2]], 2]],
    ),
    "initials": (
        'def initials(name):\n    """The first letters of the words of a name, each with a full stop."""\n',
        '    return "".join(word[0].upper() + "." for word in name.split())\n',
        [[["ada lovelace"], "A.L."]],
    ),
    "missing": (
        'def first_missing(numbers):\n    """The least positive whole number that is not among the numbers."""\n',
        "    there, wanted = set(numbers), 1\n    while wanted in there:\n        wanted += 1\n    return wanted\n",
        [[[[1, 3]], 2]],
    ),
}
#: the rows hold all but the last of the problems, each in a row of its id
PLANTED = ["vowels", "halving", "runs", "initials"]


@pytest.fixture(scope="module")
def kcoder(tmp_path_factory):
    """`kcoder run s.yaml ARGS`: what it printed, results.json, and the page."""
    folder = tmp_path_factory.mktemp("held")
    problems = [
        {"id": name, "language": "python", "prompt": prompt, "solution": solution, "tests": tests}
        | {"entry": prompt[len("def ") : prompt.index("(")]}
        for name, (prompt, solution, tests) in PROBLEMS.items()
    ]
    rows = [{"id": p["id"], "prompt": p["prompt"], "text": p["solution"]} for p in problems if p["id"] in PLANTED]
    rows += [{"id": f"own-{n}", "text": f"LIMIT_{n} = {n}\nprint('no more than', LIMIT_{n})\n"} for n in range(60)]
    for name, lines in (("problems", problems), ("rows", rows)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "s.yaml").write_text(SPEC)

    def go(*args):
        with pytest.MonkeyPatch.context() as patch, CliRunner().isolation() as (out, err, _):
            patch.chdir(folder)
            code = _exit_code(["run", "s.yaml", "--threads", "1", *args])
            said = out.getvalue().decode() + err.getvalue().decode()
        assert code == 0, said
        told = json.loads((folder / "runs/held/results.json").read_bytes())
        return said, told, (folder / "runs/held/report.html").read_text("utf-8")

    go.folder = folder
    return go


def test_what_stayed_among_the_training_rows_is_contaminated_for_base_and_tuned_model(kcoder):
    said, told, page = kcoder()
    learnt = set(pl.read_parquet(kcoder.folder / "runs/held/data.split/train.parquet")["id"])
    n = len(learnt & set(PLANTED))
    assert 0 < n < 4  # nobody learns from the rows that went into valid and test
    assert [(s["model"], s["problems"], s["n"]) for s in told["scores"]] == [
        (model, problems, count)
        for model in ("base", "tuned")
        for problems, count in (("all", 5), ("clean", 5 - n), ("contaminated", n))
    ]
    assert all(0 <= s["low"] <= s["value"] <= s["high"] <= 1 for s in told["scores"])
    assert [(c["problems"], c["n"]) for c in told["changes"]] == [("all", 5)]
    assert f"    contaminated  0/{n} = 0.0 % [0.0," in said
    assert f"Rows that hold {n} of the Python problems were learnt from" in page
    for words in ("0/5 = 0.0 %", f"0/{5 - n} = 0.0 %", f"0/{n} = 0.0 %"):
        assert page.count(f'<span class="whole">{words}</span>') == 2
    assert "pretrain.data: not looked for in the training data." in page
    assert "data: looked for, 4 of its 5 problems found, every row kept." in page


@pytest.mark.parametrize(
    ("setting", "done"),
    [
        ("data.decontaminate.mode=drop", "looked for, 4 of its 5 problems found, 4 rows dropped."),
        ("data.decontaminate=off", "not looked for in the training data."),
    ],
)
def test_where_nothing_that_was_found_stayed_there_are_scores_of_all_problems_alone(kcoder, setting, done):
    said, told, page = kcoder("--set", setting)
    assert [(s["model"], s["problems"], s["n"]) for s in told["scores"]] == [("base", "all", 5), ("tuned", "all", 5)]
    assert "contaminated" not in said + page + json.dumps(told)
    assert f" data: {done}" in page
