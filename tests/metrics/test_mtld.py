from kcoder.metrics.mtld import Mtld
from kcoder.records import Document, frame


def scores(*questions, **options):
    rows = frame(Document, [{"id": str(n), "text": "", "prompt": q} for n, q in enumerate(questions)])
    return {row["metric"]: row for row in Mtld(**options).score(rows.lazy()).rows(named=True)}


def test_short_questions_count_only_where_no_floor_is_asked():
    found = scores("one two three", "a b c d e")
    assert found["question_mtld"]["value"] is None
    assert (found["question_mtld"]["n"], found["question_mtld"]["interval"]) == (
        0,
        "not defined: no question has 100 words",
    )
    assert (found["question_mtld_unfloored"]["value"], found["question_mtld_unfloored"]["n"]) == (4, 2)


def test_the_floor_is_counted_in_words():
    found = scores("a b", "a b c d", floor=3)
    assert (found["question_mtld"]["value"], found["question_mtld"]["n"]) == (4, 1)


def test_questions_without_a_word_are_left_out():
    assert scores("12 + 34", "a b")["question_mtld_unfloored"]["n"] == 1


def test_where_nobody_asks_there_is_no_score():
    assert scores(None, None) == {}
