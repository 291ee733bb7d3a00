"""`kcoder compare`."""

import json

import polars as pl
import pytest

SPEC = """
name: {name}
why: Which is better?
pretrain:
  {{hidden: 32, layers: 1, context: 160, sequence_length: 64, vocabulary: 400, max_steps: {steps},
   data: {{source: {{mini: {{functions: 300}}}}, language: python, decontaminate: mini}}}}
evaluate: {{benchmark: mini, languages: [python], samples: 1, temperature: 0, pass_at: [1], max_tokens: {tokens}}}
"""


def run(kcoder, name, steps=1, tokens=8):
    (kcoder.folder / f"{name}.yaml").write_text(SPEC.format(name=name, steps=steps, tokens=tokens))
    assert kcoder("run", f"{name}.yaml").code == 0


VERDICTS = {"1": "passed", "0": "wrong answer", "-": "harness error"}


def outcomes(file, *samples, isolation="namespaces"):
    """Each text holds a sample of every problem."""
    rows = [
        {"problem": f"p{n}", "benchmark": "b", "language": "python", "sample": sample, "isolation": isolation}
        | {"verdict": VERDICTS[mark]}
        for sample, marks in enumerate(samples)
        for n, mark in enumerate(marks)
    ]
    pl.DataFrame(rows).write_parquet(file)


def test_models_of_two_runs_are_compared_on_the_same_problems(kcoder):
    run(kcoder, "one", steps=1)
    run(kcoder, "two", steps=2)
    said = kcoder("compare", "one", "two")
    assert said.code == 0, said.err
    assert "mini in python, pass@1 of" in said.out
    assert "one/base" in said.out and "two/base" in said.out
    assert "would have been seen in four cases of five" in said.out


def test_models_of_other_settings_are_not_ranked(kcoder):
    run(kcoder, "one", tokens=8)
    run(kcoder, "two", tokens=9)
    said = kcoder("compare", "one", "two")
    assert said.code == 2
    assert "complete.max_tokens is 9 against 8" in said.err


def test_files_of_outcomes_are_compared_and_their_differences_listed(kcoder):
    outcomes(kcoder.folder / "a.parquet", "0011" * 10)
    outcomes(kcoder.folder / "b.parquet", "1011" * 10)
    said = kcoder("compare", "a.parquet", "b.parquet")
    assert "+25.0 [" in said.out
    assert "p = 0.002" in said.out
    assert "b.parquet alone solves, or solves more often: 10   p0, p12, p16" in said.out
    assert "a.parquet does: 0" in said.out
    [row] = json.loads(kcoder("compare", "a.parquet", "b.parquet", "--json").out)
    assert (row["difference"]["points"], row["clear"], len(row["only_one"])) == (25.0, True, 10)


def test_another_level_of_isolation_is_told_and_refuses_nothing(kcoder):
    outcomes(kcoder.folder / "a.parquet", "0011")
    outcomes(kcoder.folder / "b.parquet", "1011", isolation="landlock")
    outcomes(kcoder.folder / "c.parquet", "1011")
    said = kcoder("compare", "a.parquet", "b.parquet", "c.parquet")
    assert said.code == 0
    assert said.out.count("  note: ") == 1
    assert "  note: judged were b.parquet under landlock, a.parquet under namespaces: what a program" in said.out
    assert max(map(len, said.out.splitlines())) <= 100
    assert "note" not in kcoder("compare", "a.parquet", "c.parquet").out
    [row] = json.loads(kcoder("compare", "b.parquet", "b.parquet", "--json").out)
    assert row["isolation"].endswith("were judged under landlock, which keeps in less than namespaces")


def test_a_file_of_programs_of_several_levels_names_them_all(kcoder):
    outcomes(kcoder.folder / "a.parquet", "0011")
    rows = pl.read_parquet(kcoder.folder / "a.parquet")
    mixed = rows.with_columns(isolation=pl.Series(["namespaces", "landlock", "", "none"]))
    mixed.write_parquet(kcoder.folder / "b.parquet")
    said = kcoder("compare", "a.parquet", "b.parquet").out
    assert "b.parquet under landlock, namespaces, none, a.parquet under namespaces" in said


def test_a_page_and_a_file_of_numbers_hold_what_the_screen_shows(kcoder):
    outcomes(kcoder.folder / "a.parquet", "0011" * 10)
    outcomes(kcoder.folder / "b.parquet", "1011" * 10, isolation="landlock")
    said = kcoder("compare", "a.parquet", "b.parquet", "-o", "c.html")
    assert said.code == 0, said.err
    assert said.out.endswith("full story   c.html\n")
    page = (kcoder.folder / "c.html").read_text()
    assert "<h1>b.parquet against a.parquet</h1>" in page
    assert "+25.0</span>" in page and "30/40 = 75.0 %" in page and "p0, p12, p16" in page
    assert "judged were b.parquet under landlock" in page
    both = kcoder("compare", "a.parquet", "b.parquet", "--json", "-o", "c.json")
    assert json.loads(both.out) == json.loads((kcoder.folder / "c.json").read_text())
    [row] = json.loads(both.out)
    assert [(s["value"], s["k"], s["n"]) for s in row["scores"]] == [(0.75, 30, 40), (0.5, 20, 40)]


@pytest.mark.parametrize(("file", "told"), [("c.txt", "as .html or .json"), ("nowhere/c.html", "no folder nowhere")])
def test_a_place_that_nothing_can_be_written_to_is_refused_before_any_work(kcoder, file, told):
    said = kcoder("compare", "none.parquet", "-o", file)
    assert said.code == 2
    assert told in said.err


def test_what_cannot_be_scored_cannot_be_compared(kcoder):
    outcomes(kcoder.folder / "a.parquet", "0011")
    outcomes(kcoder.folder / "b.parquet", "00-1")
    said = kcoder("compare", "a.parquet", "b.parquet")
    assert said.code == 1
    assert "1 of 4 programs were never judged" in said.err
    pl.concat([pl.read_parquet(kcoder.folder / "a.parquet")] * 2).write_parquet(kcoder.folder / "twice.parquet")
    assert "more than once" in kcoder("compare", "a.parquet", "twice.parquet").err
    said = kcoder("compare", "a.parquet", "a.parquet", "--k", "2")
    assert "p0, p1, p2 and 1 more problems have fewer than 2 samples" in said.err


def test_files_with_other_numbers_of_samples_are_not_ranked(kcoder):
    outcomes(kcoder.folder / "a.parquet", "0011")
    outcomes(kcoder.folder / "b.parquet", "0011", "0111")
    said = kcoder("compare", "a.parquet", "b.parquet")
    assert said.code == 2
    assert "samples is 2 against 1" in said.err


def test_variants_that_begin_with_models_of_their_own_have_each_its_base(kcoder):
    varied = "sweep: {pretrain: [{max_steps: 1}, {max_steps: 2}]}\n"
    (kcoder.folder / "both.yaml").write_text(SPEC.format(name="both", steps=1, tokens=8) + varied)
    made = kcoder("run", "both.yaml")
    assert made.code == 0, made.err
    said = kcoder("compare", "both")
    assert said.code == 0, said.err
    assert "both/base" in said.out and "both/base of " in said.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nothing",), "there is no run nothing"),
        (("a.parquet",), "one model alone"),
        (("a.parquet", "none.parquet"), "none.parquet"),
        (("a.parquet", "c.parquet"), "not asked the same problems"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_error(kcoder, words, told):
    outcomes(kcoder.folder / "a.parquet", "0011")
    outcomes(kcoder.folder / "c.parquet", "00111")
    said = kcoder("compare", *words)
    assert said.code == 2
    assert told in said.err
