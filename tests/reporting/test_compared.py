"""The page of a comparison."""

import re
from html.parser import HTMLParser

import pytest

from kcoder.reporting.compared import drawn, page


def row(name="b", points=25.0, low=12.5, high=37.5, clear=True, **told):
    scores = [
        {"value": value, "low": value - 0.1, "high": value + 0.1, "k": int(40 * value), "n": 40}
        for value in (0.75, 0.5)
    ]
    difference = {"points": points, "low": low, "high": high, "n": 40}
    made = {"name": name, "against": "a", "benchmark": "mini", "language": "cpp", "temperature": 0.2, "k": 1}
    made |= {"difference": difference, "clear": clear, "scores": scores, "chance": 0.002, "detectable": 19.2}
    return made | {"only_one": ["p1", "p2"], "only_other": [], "isolation": ""} | told


class Balance(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids = [], [], []

    def handle_starttag(self, name, attributes):
        self.ids += [value for key, value in attributes if key == "id"]
        if name not in ("meta", "br"):
            self.open.append(name)

    def handle_endtag(self, name):
        if not self.open or self.open.pop() != name:
            self.wrong.append(name)


def test_the_page_is_well_formed_and_fetches_nothing():
    made = page([row(), row("c", -2.0, -10.0, 6.0, clear=False), row(language="lua")])
    parser = Balance()
    parser.feed(made)
    assert (parser.wrong, parser.open) == ([], [])
    assert len(parser.ids) == len(set(parser.ids)) == 2
    assert not re.search(r"http|<script|<link|<img|url\(|\bsrc=|\bhref=", made)


def test_each_place_has_its_section_its_figure_and_its_table():
    made = page([row(), row("c"), row(language="lua", temperature=None)])
    assert [made.count(words) for words in ("<h2", "<figure>", "<table")] == [2, 2, 2]
    assert "mini in C++, pass@1, temperature 0.2</h2>" in made and "mini in Lua, pass@1</h2>" in made
    assert "<h1>b, c against a</h1>" in made
    assert "<h1>3 models against a</h1>" in page([row(), row("c"), row("d")])


def test_a_row_holds_score_difference_chance_counts_and_what_could_have_been_seen():
    made = page([row(isolation="judged were b under none")])
    assert '<span class="whole">20/40 = 50.0 %</span> <span class="whole">[40.0, 60.0]</span>' in made
    assert '<span class="whole">+25.0</span> <span class="whole">[+12.5, +37.5]</span>' in made
    assert "<td>0.002</td><td>2</td><td>0</td><td>19.2 points</td>" in made
    assert '<p class="note">judged were b under none.</p>' in made
    assert "<summary>b solves, or solves oftener than a: 2</summary>" in made and "p1, p2</p>" in made


def test_only_several_chances_are_called_corrected():
    assert "p (Holm)" not in page([row(), row("c", chance=None)])
    assert "p (Holm)" in page([row(), row("c")])


@pytest.mark.parametrize("width", [720, 330])
def test_every_difference_has_a_point_with_its_bar_and_a_doubtful_one_is_hollow(width):
    made = drawn([row(), row("c" * 200, -2.0, -10.0, 6.0, clear=False)], width)
    assert (made.count("<circle"), made.count('class="hollow"'), made.count('class="level"')) == (2, 1, 1)
    assert "<title>b: +25.0 [+12.5, +37.5]</title>" in made
    level = float(re.search(r'<line x1="([0-9.]+)"[^>]*class="level"', made)[1])
    points = [float(x) for x in re.findall(r'cx="([0-9.]+)"', made)]
    assert points[1] < level < points[0] < width
    assert "…" in made


def test_no_name_becomes_markup():
    assert "<script" not in page([row("<script>", only_one=["<script>"], isolation="<script>")])
