import re
from html.parser import HTMLParser

from kcoder.reporting.page import page

DIARY = {"command": "kcoder run study.yaml", "spec": "name: study", "steps": [], "versions": {"torch": "2.13.0"}}


class Balance(HTMLParser):
    """Notes the ids, and every element that is not closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids, self.heads = [], [], [], []

    def handle_starttag(self, name, attributes):
        self.ids += [value for key, value in attributes if key == "id"]
        if name in ("h1", "h2"):
            self.heads.append(name)
        if name not in ("meta", "br"):
            self.open.append(name)

    def handle_endtag(self, name):
        if not self.open or self.open.pop() != name:
            self.wrong.append(name)


def test_the_page_is_well_formed_and_asks_its_question_once(told):
    parser = Balance()
    parser.feed(page(told, DIARY))
    assert (parser.wrong, parser.open) == ([], [])
    assert len(parser.ids) == len(set(parser.ids))
    assert parser.heads.count("h1") == 1
    assert parser.heads.count("h2") == 9


def test_the_answer_comes_before_everything_else(told):
    made = page(told, DIARY)
    order = [
        made.index(words) for words in ("<h1>Why?</h1>", told["answer"][0], "kcoder run study.yaml", 'id="trade-off"')
    ]
    assert order == sorted(order)


def test_nothing_is_fetched_and_nothing_runs(told):
    made = page(told, DIARY)
    assert "http" not in made
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|\bsrc=|\bhref=|\bon\w+=", made)


def test_scores_show_passes_interval_and_change(told):
    made = page(told, DIARY)
    assert '<span class="whole">3/10 = 30.0 %</span> <span class="whole">[0.0, 100.0]</span>' in made
    assert '<span class="whole">−50.0</span>' in made


def test_methods_that_cannot_be_compared_are_said_so_in_the_table(study):
    test = {"base": {"lua": "0000", "python": "1111"}}
    test |= {"lora": {"lua": "1000", "python": "1110"}, "full": {"lua": "1111", "python": "0000"}}
    made = page(study.told(test, test), DIARY)
    assert "<td>not comparable here; nearest: " in made
    assert "<td>75.0 points</td><td>–</td><td>–</td>" in made


def test_no_name_or_text_becomes_markup(study):
    evil = "<script>alert(1)</script>"
    test = {"base": {"lua": "00", "python": "11"}, "lora": {"lua": "11", "python": "10"}}
    dropped = [{"id": "1", "text": evil, "reason": evil, "evidence": evil}]
    told = study.told(test, why=evil, settings={"lora": {"train.method": evil}}, dropped=dropped)
    step = {"step": evil, "variants": [evil], "facts": {evil: 1}, "key": evil, "state": evil}
    diary = {"command": evil, "spec": evil, "versions": {evil: evil}, "host": {"device": evil}, "steps": [step]}
    made = page(told | {"name": evil}, diary)
    assert "<script" not in made
    assert made.count("&lt;script&gt;") > 10


def test_a_study_without_a_single_score_is_still_a_page(study):
    made = page(study.told({"base": {}, "lora": {}}), {})
    assert "Nothing was scored" in made


def test_a_study_of_one_language_has_no_trade_off_figure(study):
    made = page(study.told({"base": {"lua": "00"}, "lora": {"lua": "11"}}, kept=(), select=False), {})
    assert "Python" not in made
    assert "After tuning (lora), Lua rose" in made


def test_the_same_results_make_the_same_page(told):
    assert page(told, DIARY) == page(told, DIARY)


def test_clean_and_contaminated_scores_stand_beneath_the_scores_of_all(partly):
    made = page(partly, DIARY)
    order = [made.index(words) for words in ("3/5 = 60.0 %", ">contaminated</div>", "kcoder run study.yaml")]
    assert order == sorted(order)
    assert "pass@1 on the test problems (mini, 2 or 5 each)" in made
    assert "mini-dev (development, never a test), contaminated" in made


def test_without_contaminated_problems_the_page_does_not_speak_of_them(told):
    assert "contaminated" not in page(told, DIARY)


def test_the_page_says_whether_the_problems_were_looked_for(told):
    split = {"step": "data.split", "variants": [""], "asked": {"is": "split"}, "facts": {}}
    made = page(told, DIARY | {"steps": [split]})
    assert "data: not looked for in the training data." in made


def test_the_page_shows_among_which_checkpoints_the_one_was_chosen(told):
    place = {"benchmark": "mini-dev", "language": "lua", "metric": "pass@1", "n": 10}
    rows = [
        {"step": 40, "valid": 1.2, "value": 0.3, "low": 0.1, "high": 0.6, "k": 3, "chosen": False, **place},
        {"step": 60, "valid": 1.5, "value": 0.5, "low": 0.2, "high": 0.8, "k": 5, "chosen": True, **place},
    ]
    history = told["histories"][0] | {
        "valid": [[40, 1.2], [60, 1.5]],
        "choice": rows,
        "kept_step": 60,
        "kept_valid": 1.5,
    }
    made = page(told | {"histories": [history]}, DIARY)
    assert "step 60, chosen" in made
    assert "5/10 = 50.0 %" in made
    assert "kept: step 60, 1.50" in made
    assert "mini-dev, Lua, pass@1" in made
    assert "step 60, chosen" not in page(told, DIARY)
