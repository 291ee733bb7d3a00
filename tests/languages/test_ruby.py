import re

from kcoder.languages.ruby import RUBY
from kcoder.plugin import load

PROGRAM = "def f(x)\n  x > 1 ? x : 1\nend\n"


def test_its_programs_are_read_and_scored_and_not_run():
    assert not RUBY.executable()
    score = load("scorers", RUBY.scorer)().score(PROGRAM, "ruby")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in RUBY.generated_paths)

    assert generated("db/schema.rb")
    assert not generated("app/schema.rb")
