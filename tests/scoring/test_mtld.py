import pytest

from kcoder.scoring.mtld import mtld, type_token_ratio, words


def test_words_are_lower_case_without_digits_hyphens_and_punctuation():
    assert words("Sort 3 e-mails, by the user's NAME!") == ["sort", "emails", "by", "the", "user", "s", "name"]
    assert words("a—b – c") == ["ab", "c"]
    assert words("42 ...") == []


def test_a_text_without_repetition_measures_its_length():
    assert mtld(["write", "a", "function", "that", "adds"]) == 5.0


def test_factors_are_counted_forwards_and_backwards():
    # a a: 1/2 is below .72, one factor; b c d is left, and repeats nothing. Backwards: d c b a a stays at 4/5, which is
    # a share (1 - .8) / .28 of a factor.
    assert mtld(["a", "a", "b", "c", "d"]) == pytest.approx((5 / 1 + 5 / (0.2 / 0.28)) / 2)


def test_a_ratio_that_reaches_the_threshold_ends_a_factor():
    assert mtld(["a", "b", "b", "a"], threshold=0.5) == pytest.approx((4 / 1 + 4 / 1) / 2)


def test_values_are_those_of_lexicalrichness():
    text = "the cat saw the dog and the dog saw the cat and then the cat and the dog went to the house of the cat"
    # lexicalrichness 0.5.1: LexicalRichness(text).mtld(0.72)
    assert mtld(words(text)) == 8.795419472502807


def test_no_words_have_no_diversity():
    assert mtld([]) is None
    assert type_token_ratio([]) is None


def test_the_type_token_ratio_is_distinct_words_over_words():
    assert type_token_ratio(["a", "b", "a", "a"]) == 0.5
