"""What a model wrote and the program that it ought to become, in one text that reads as a diff."""

import re

from kcoder.completions.cut import cut


def check_answer(language, prompt, diff, entry="f"):
    """Lines of an answer that begin with - are to go, those with + are the prompt's, all others stay."""
    before, after = read(diff)
    check(language, prompt, fence(before), after, "answer, tree", entry)


def check_completion(language, prompt, diff, entry="f"):
    """The same for a text that goes on where the prompt ended."""
    before, after = read(diff)
    check(language, prompt, before, prompt + after, "tree", entry)


def check(language, prompt, text, wanted, how, entry="f"):
    found = cut(language, prompt, text, entry)
    assert squeezed(found.code) == squeezed(wanted), found.code
    assert (found.how, found.fault) == (how, "")
    assert found.code.endswith("\n")


def read(diff):
    lines = diff.removeprefix("\n").splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    return before, after


def fence(code, tag=""):
    return f"Here it is:\n\n```{tag}\n{code}```\nIt adds one.\n"


def squeezed(code):
    return re.sub(r"\s+", "", code)
