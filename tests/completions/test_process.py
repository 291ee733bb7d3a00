"""Trees in a process of their own, which a text may end."""

import pytest

from kcoder.completions.process import read_apart
from kcoder.errors import MachineLacksError
from kcoder.plugin import load

JAVA = load("languages", "java").syntax
PROMPT = "class Problem {\n    static long twice(long a) {\n"


def test_a_text_is_read_as_in_this_process():
    code, how, fault = read_apart(JAVA, PROMPT, "        return 2 * a;\n    }\n", "twice")
    assert (how, fault) == ("tree", "")
    assert code.split() == (PROMPT + "return 2 * a; } }").split()


def test_a_text_that_takes_too_much_has_no_tree_and_harms_no_other():
    assert read_apart(JAVA, PROMPT, "x=>" * 6000, "twice") is None
    assert read_apart(JAVA, PROMPT, "        return 2 * a;\n    }\n", "twice") is not None


def test_a_lone_surrogate_is_survived():
    read_apart(JAVA, PROMPT, '        return "\ud800";\n    }\n', "twice")


def test_a_grammar_that_is_not_installed_is_what_the_machine_lacks():
    missing = JAVA.model_copy(update={"grammar": "tree_sitter_klingon"})
    with pytest.raises(MachineLacksError, match="tree_sitter_klingon, a grammar, is not installed"):
        read_apart(missing, PROMPT, "x", "twice")
