"""Programs with one fault each, judged: failure, cause and line must be those that a compiler or a runtime tells."""

import pytest

from kcoder.errors import KcoderError
from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox
from kcoder.failures import Failure, failure
from kcoder.host import Host
from kcoder.isolation.proof import proven
from kcoder.plugin import load

LEVEL = "namespaces"
SYNTAX, TYPE, NAME, IMPORT, RUNTIME = Failure.SYNTAX, Failure.TYPE, Failure.NAME, Failure.IMPORT, Failure.RUNTIME


def wrong(name, faults):
    """Those of (program, failure, cause, line) that are told otherwise. A line of None may be any."""
    language = load("languages", name)
    if why := proven(LEVEL):
        pytest.skip(f"{LEVEL} does not hold here: {why}")
    try:
        language.version()
    except KcoderError as error:
        pytest.skip(f"{error.message}: {error.hint}")
    asked = language.calls("f", [((1,), 2)])
    jobs = [Job(str(number), language, row[0], "f", asked) for number, row in enumerate(faults)]
    with Sandbox().open(Host(workers=2, sandbox=LEVEL)) as execute:
        judged = {each.id: each for each in execute(jobs)}
    found = []
    for number, (code, kind, cause, line) in enumerate(faults):
        judgement = judged[str(number)]
        told = failure(judgement.verdict, judgement.detail, language.causes)
        if told is None or (told.failure, told.cause, told.line) != (kind, cause, told.line if line is None else line):
            found.append((code, judgement.detail, told))
    return found
