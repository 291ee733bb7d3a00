from itertools import combinations

from kcoder.reporting.place import TALL, Box, along, place
from kcoder.reporting.svg import LETTER

INSIDE = Box(0, 0, 400, 300)


def boxes(spots, bars=()):
    dots = [Box(x - 10, y - 10, 20, 20) for _, x, y in spots]
    found = place(spots, dots, bars, INSIDE)
    labels = [
        Box(x, y - TALL + 3.5, len(words) * LETTER, TALL) for (words, *_), (x, y) in zip(spots, found, strict=True)
    ]
    return labels, dots


def test_a_lone_label_stands_right_of_its_point():
    [label], _ = boxes([("base", 100, 100)])
    assert (label.x, label.y) == (112, 92.5)


def test_labels_of_points_close_together_cover_neither_points_nor_each_other():
    labels, dots = boxes([("lora 0.002", 200, 150), ("full 0.0005", 200, 170), ("lora 0.005", 215, 160)])
    assert all(a.shared(b) == 0 for a, b in combinations(labels, 2))
    assert all(label.shared(dot) == 0 for label in labels for dot in dots)


def test_a_label_at_the_edge_stays_inside():
    [label], _ = boxes([("full 0.002", 395, 5)])
    assert label.x + label.width <= 400
    assert label.y >= 0


def test_a_label_avoids_lines():
    bars = along([(100, 100), (300, 100)])
    [label], _ = boxes([("base", 100, 100)], bars)
    assert all(label.shared(bar) == 0 for bar in bars)
