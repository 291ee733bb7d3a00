import pytest

from kcoder.reporting import svg


def test_a_scale_ends_on_round_numbers_and_holds_all_values():
    scale = svg.scale([3.2, 96.0], 0, 200)
    assert scale.ticks == (0, 20, 40, 60, 80, 100)
    assert (scale(0), scale(50), scale(100)) == (0, 100, 200)


def test_a_scale_may_run_upwards_and_below_zero():
    scale = svg.scale([-30.0, 45.0], 100, 0)
    assert (scale.low, scale.high) == (-40, 60)
    assert scale(60) == 0


def test_small_values_have_small_ticks():
    assert svg.scale([0.0, 0.8], 0, 1, 4).ticks == (0, 0.2, 0.4, 0.6, 0.8)


@pytest.mark.parametrize("values", [[], [5.0], [5.0, 5.0]])
def test_a_scale_without_extent_is_still_one(values):
    scale = svg.scale(values, 0, 10)
    assert scale.low < scale.high
    assert len(scale.ticks) >= 2


@pytest.mark.parametrize("shape", [*svg.SHAPES, "cross"])
def test_every_shape_can_be_drawn_and_tells_its_words(shape):
    drawn = svg.marker(shape, 10, 10, "m0", told="a < b")
    assert "<title>a &lt; b</title>" in drawn


def test_shapes_differ_where_colours_cannot_be_told_apart():
    assert len({svg.marker(shape, 0, 0, "m0") for shape in svg.SHAPES}) == len(svg.SHAPES)


def test_a_drawing_scales_and_says_what_it_shows():
    drawn = svg.drawing(100, 50, title="Loss", desc="falls")
    assert 'viewBox="0 0 100 50"' in drawn
    assert 'role="img"' in drawn
    assert "<title>Loss</title><desc>falls</desc>" in drawn


def test_words_that_take_more_room_than_there_is_are_cut():
    assert svg.fitted("lora", 100) == "lora"
    assert svg.fitted("a" * 50, 10 * svg.LETTER) == "a" * 9 + "…"
