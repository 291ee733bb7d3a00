from kcoder.reporting.tradeoff import tradeoff


def test_each_variant_is_a_point_with_both_intervals(told):
    drawn = tradeoff(told, "python", 720)
    assert drawn.count("<circle") - drawn.count('class="ring"') == 2  # lora's
    assert drawn.count("<polygon") == 2  # full's
    assert drawn.count('class="ring"') == 3
    for name in ("base", "lora-a", "lora-b", "full-a", "full-b"):
        assert f">{name}</text>" in drawn


def test_a_dashed_line_joins_a_methods_settings_from_low_to_high_learning_rate(told):
    fronts = [part.split('"')[1] for part in tradeoff(told, "python", 720).split("<polyline")[1:]]
    assert len(fronts) == 2
    for front in fronts:
        (x1, y1), (x2, y2) = (map(float, spot.split(",")) for spot in front.split(" points=")[-1].split())
        assert x1 > x2  # the higher rate kept less Python
        assert y1 > y2  # and gained more Lua, which is further up


def test_axes_name_their_units(told):
    drawn = tradeoff(told, "python", 330)
    assert "Python kept: pass@1, % →" in drawn
    assert "↑ Lua gained, points" in drawn


def test_without_paired_changes_there_is_nothing_to_draw(told):
    assert tradeoff(told | {"changes": []}, "python", 720) is None
    assert tradeoff(told, "rust", 720) is None
