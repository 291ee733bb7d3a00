"""`kcoder plugins`."""

from kcoder.plugin import GROUPS


def test_all_groups_are_listed_with_what_they_are(kcoder):
    said = kcoder("plugins")
    assert all(f"{group}  " in said.out for group in GROUPS)
    assert "max_line_length" in said.out


def test_one_group(kcoder):
    said = kcoder("plugins", "filters")
    assert "min_alphabetic" in said.out
    assert "lora" not in said.out


def test_near_misses(kcoder):
    assert "did you mean filters?" in kcoder("plugins", "filter").err
    assert "did you mean python?" in kcoder("plugins", "test", "pyhton").err


def test_the_kit_runs_on_a_plugin(kcoder):
    said = kcoder("plugins", "test", "max_line_length")
    assert (said.code, "✓" in said.out) == (0, True)
