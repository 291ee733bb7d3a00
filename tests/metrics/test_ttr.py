from kcoder.metrics.ttr import TypeTokenRatio
from kcoder.records import Document, frame


def test_the_mean_is_over_questions_that_have_words():
    rows = frame(Document, [{"id": str(n), "text": "", "prompt": q} for n, q in enumerate(["a b", "a a", "7", None])])
    [row] = TypeTokenRatio().score(rows.lazy()).rows(named=True)
    assert (row["metric"], row["value"], row["n"]) == ("question_ttr", 0.75, 2)


def test_where_nobody_asks_there_is_no_score():
    assert TypeTokenRatio().score(frame(Document, [{"id": "1", "text": "x"}]).lazy()).is_empty()
