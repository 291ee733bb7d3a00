"""Right programs in the habits of real models are cut to what is right in them, and pass."""

import json
import re

import pytest
from dressing import dressed
from styles import STYLES

from kcoder.completions.cut import cut
from kcoder.errors import MachineLacksError
from kcoder.executors.sandbox import Sandbox, level
from kcoder.host import Host
from kcoder.judging import job, judge
from kcoder.plugin import load

#: in each of the languages
FORMS = 15


def bare(code, comment):
    """Code without white space and comments."""
    return re.sub(r"\s+", "", "".join(line.partition(comment)[0] for line in code.splitlines()))


@pytest.mark.parametrize("language", STYLES)
def test_every_program_is_cut_out_of_every_form(language):
    style, known = STYLES[language], load("languages", language)
    forms = list(dressed(language))
    assert len({form for form, _, _ in forms}) >= FORMS
    for form, program, told in forms:
        found = cut(known, style.prompt(program), told.text, program.entry)
        assert found.fault == "", (form, program.entry)
        assert bare(found.code, style.comment) == bare(told.wanted, style.comment), (form, program.entry)


@pytest.mark.parametrize("language", STYLES)
def test_a_program_in_every_form_passes_in_the_sandbox(language):
    known = load("languages", language)
    try:
        known.version()
        held = level("auto")
    except MachineLacksError as error:
        pytest.skip(f"{language} cannot be run here: {error.message}")
    if known.image() and held != "namespaces":
        pytest.skip("an image needs namespaces")
    jobs = [asked(known, *each) for each in one_of_each_form(language)]
    assert len(jobs) >= FORMS
    judged = judge(Sandbox(), known, jobs, Host())
    assert {name: j.detail for name, j in judged.items() if j.verdict != "passed"} == {}


def one_of_each_form(language):
    """Each form with another program than the form before it."""
    forms = {}
    for form, program, told in dressed(language):
        forms.setdefault(form, []).append((form, program, told))
    return [found[number % len(found)] for number, found in enumerate(forms.values())]


def asked(language, form, program, told):
    style = STYLES[language.name]
    tests = json.dumps({"head": "", "text": style.test_program(program)})
    return job(form, language, prompt=style.prompt(program), text=told.text, entry=program.entry, tests=tests)
