"""`kcoder show`."""


def test_steps_and_facts(kcoder, tiny):
    assert "data.duplicates" in kcoder("show", "tiny").out
    said = kcoder("show", "tiny", "--stage", "data.split")
    assert '"train"' in said.out
    assert "data.read" not in said.out


def test_near_misses_are_suggested(kcoder, tiny):
    for args, hint in ((("show", "tinny"), "tiny"), (("show", "tiny", "--stage", "dta"), "data")):
        said = kcoder(*args)
        assert said.code == 2
        assert f"did you mean {hint}" in said.err


def test_an_unknown_problem_is_refused(kcoder, tiny):
    assert kcoder("show", "tiny", "--problem", "x").code == 2
