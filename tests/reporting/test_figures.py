import re

from kcoder.reporting import figures


def test_each_method_has_a_colour_and_a_shape_of_its_own(told):
    assert figures.methods(told) == {"lora": 0, "full": 1}
    assert figures.chosen(told) == {"lora-b", "full-a", "full-b"}
    assert "chosen on development problems" in figures.key(told)


def test_the_strip_has_a_cell_for_each_problem_and_model(told):
    drawn = figures.strip(told, "lua", 720)
    solved = 1 + 2 + 3 + 8 + 9
    assert drawn.count('class="solved"') == solved
    assert drawn.count('class="cell"') == 10 * 5 - solved
    assert "p3, lora-a: 0 of 1 passed" in drawn


def test_a_problem_that_some_samples_pass_fills_its_cell_in_part(told):
    row = {"language": "lua", "problem": "p0", "passes": {"base": [1, 4]}}
    drawn = figures.strip(told | {"problems": [row]}, "lua", 720)
    whole, part = (float(piece.split('"')[0]) for piece in drawn.split(' height="')[1:])
    assert abs(part - whole / 4) < 0.01


def test_a_strip_that_is_too_narrow_goes_on_below(told):
    many = told | {
        "problems": [{"language": "lua", "problem": f"p{i:03}", "passes": {"base": [1, 1]}} for i in range(90)]
    }
    assert figures.strip(many, "lua", 330).count(">base</text>") > 1
    assert figures.strip(many, "python", 330) is None


def test_the_pieces_of_a_bar_add_up(told):
    shown = figures.verdicts(told)
    assert shown == ["passed", "wrong answer"]
    drawn = figures.failures(told, "lua", shown)
    assert "lora-b: passed 3 of 10" in drawn
    assert "lora-b: wrong answer 7 of 10" in drawn
    assert figures.failures(told, "rust", shown) is None


def test_the_kept_checkpoint_is_marked(told):
    history = told["histories"][0]
    drawn = figures.learning(history, "lora", [history])
    assert "kept: step 2, 1.20" in drawn
    assert len(re.findall('class="ring"', drawn)) == 1


def test_a_training_without_validation_has_a_curve_and_no_mark():
    history = {"steps": 2, "loss": [[1, 2.0], [2, 1.0]], "valid": [], "best_step": None, "best_valid": None}
    history |= {"kept_step": None, "kept_valid": None}
    assert "kept" not in figures.learning(history, "lora", [history])
