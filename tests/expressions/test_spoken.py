from kcoder.expressions.spoken import Edit, edited, spoken
from kcoder.language import END, Tests

TEXT = "main { assert(f(1) == 2); assert(f(3) == 4); }"
FIRST = Edit(7, 25, "say(f(1));", (("f(1)", 2),))
SECOND = Edit(26, 44, "say(f(3));", (("f(3)", 4),))
ENDING = Edit(45, 45, "end(); ")


def test_calls_say_values_in_the_order_of_the_text():
    assert spoken(TEXT, [SECOND, FIRST], ENDING, "assert") == Tests(
        "main { say(f(1)); say(f(3)); }", (2, 4), ("f(1)", "f(3)")
    )


def test_where_something_can_still_fail_the_end_is_said():
    assert spoken(TEXT, [FIRST], ENDING, "assert") == Tests(
        "main { say(f(1)); assert(f(3) == 4); end(); }", (2, END), ("f(1)",)
    )


def test_a_text_that_says_no_value_says_that_it_came_to_its_end():
    assert spoken(TEXT, [], ENDING, "assert") == Tests(TEXT[:45] + "end(); }", None)


def test_nothing_but_the_edited_places_changes():
    assert edited("abcdef", [Edit(4, 5, "E"), Edit(0, 0, ">"), Edit(1, 3, "")]) == ">adEf"
