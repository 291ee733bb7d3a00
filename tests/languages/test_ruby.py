"""Ruby as kcoder runs and reads it."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest

from kcoder.conformance import test_plugin as conformance
from kcoder.errors import MachineLacksError, UsageError
from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.isolation.values import Symbol
from kcoder.languages.ruby import RUBY
from kcoder.plugin import load
from kcoder.records import Verdict

PROGRAM = "def f(x)\n  x > 1 ? x : 1\nend\n"
DATA = os.environ.get("KCODER_TEST_DATA")


def lacks():
    try:
        RUBY.version()
        with Sandbox().open(Host()):
            return ""
    except MachineLacksError as error:
        return error.message


needs_ruby = pytest.mark.skipif(bool(lacks()), reason=f"Ruby cannot be run here: {lacks()}")
needs_data = pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")


def judged(*programs, level="auto", timeout=5, memory=256):
    """The judgements on programs, (code, tests) each, in order."""
    with Sandbox(timeout=timeout, memory=memory).open(Host(workers=2, sandbox=level)) as execute:
        jobs = [Job(str(n), RUBY, code, "f", tests) for n, (code, tests) in enumerate(programs)]
        found = {judgement.id: judgement for judgement in execute(jobs)}
    return [found[str(n)] for n in range(len(programs))]


def judge(code, tests):
    return judged((code, tests))[0]


def called(*calls):
    return RUBY.calls("f", calls)


def multiple(expected):
    """Tests as MultiPL-E writes them."""
    head = "require 'test/unit'\nclass TestHumanEval < Test::Unit::TestCase\n  def test_f\n    candidate = method(:f)\n"
    return RUBY.asserts("", f"{head}    assert_equal({expected}, candidate.call(1))\n  end\nend\n")


TWO = called(((1,), 2))
#: one more in a loop: tests that compare by themselves
LOOP = """require 'test/unit'
class TestF < Test::Unit::TestCase
  def test_f
    [1, 2].each { |n| assert_equal(n + 1, f(n)) }
  end
end
"""


def test_its_programs_are_read_and_scored():
    score = load("scorers", RUBY.scorer)().score(PROGRAM, "ruby")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in RUBY.generated_paths)

    assert generated("db/schema.rb")
    assert not generated("app/schema.rb")


@needs_ruby
def test_the_conformance_kit_finds_nothing():
    assert [finding for finding in conformance("languages", "ruby", Host()) if not finding.ok] == []


@needs_ruby
def test_ruby_itself_is_called_and_can_be_seen():
    [(ruby, *_)] = RUBY.program(PROGRAM, TWO, "_m").commands
    assert ruby in RUBY.paths()
    assert Path(ruby).read_bytes()[:4] == b"\x7fELF"


def test_assertions_are_said_without_test_unit():
    tests = multiple('["a,(", nil]')
    assert tests.text == "candidate = method(:f)\nsay_value.(candidate.call(1))\n"
    assert (tests.expected, tests.sources) == ((["a,(", None],), ("candidate.call(1)",))


@pytest.mark.parametrize(
    ("assertion", "expected"),
    [
        ("assert_equal 2, f(1) # one more", 2),
        ("assert_equal('#', f('#'), 'note')", "#"),
        ("assert_equal({}, f(1))", {}),
        ("assert_equal({a: [:b?, 'c: :d']}, f(1))", {Symbol("a"): [Symbol("b?"), "c: :d"]}),
        ('assert_equal({"a" => 1, :b => 2}, f(1))', {"a": 1, Symbol("b"): 2}),
        ('assert_equal("a\nb", f("a\nb"))', "a\nb"),
        ('assert_equal(["#$A^d#@@x", \'#$A\', "\\#$A"], f("#$a^D"))', ["^d", "#$A", "#$A"]),
    ],
)
def test_literals_are_read_as_ruby_writes_them(assertion, expected):
    assert RUBY.asserts("", f"x = [1]\n{assertion}\n").expected == (expected,)


@pytest.mark.parametrize(
    "tests",
    [
        LOOP,
        "assert_equal(2, f(1)) if f(0) == 1\n",
        "x = [1].map { |n| f(n) }\nassert_equal(2, x[0])\n",
        "assert_equal(f(0), f(1))\n",
        "assert_equal({[1] => 2}, f(1))\n",
        'assert_equal("#{1}", f(1))\n',
        "def helper\n  assert_equal(2, f(1))\nend\n",
        "raise 'no' unless f(1) == 2\n",
        "",
    ],
)
def test_what_cannot_be_said_once_is_compared_in_the_program_which_says_a_last_word(tests):
    found = RUBY.asserts("", tests)
    assert found.expected is None
    assert found.text == f'{tests}\nrun_tests.()\nsay_value.("end")\n'


def test_tests_for_another_library_are_refused():
    with pytest.raises(UsageError, match="tests of minitest cannot be run"):
        RUBY.asserts("", LOOP.replace("test/unit", "minitest/autorun"))


@needs_ruby
@pytest.mark.parametrize(
    ("value", "expected", "detail"),
    [
        ("1.0", "1", ""),
        ("10**30", "1000000000000000000000000000000", ""),
        ("1r / 2", "0.5", ""),
        ("require 'bigdecimal'; BigDecimal('1.5')", "1.5", ""),
        ("[1, [2.5e-7, nil], 'é', true]", '[1, [0.00000025, nil], "é", true]', ""),
        ("{ 'a' => 1, 2 => {} }", '{2 => {}, "a" => 1}', ""),
        ("{ a: :b }", "{:a => :b}", ""),
        ("'abc'.b", "'abc'", ""),
        ("Class.new(String).new('a')", "'a'", ""),
        ("Class.new(Array).new([1])", "[1]", ""),
        ('"a\\u0000\\n\\"\\\\\\e\\u2028"', '"a\\0\\n\\"\\\\\\e\\u2028"', ""),
        ("{ a: 1 }", '{"a" => 1}', 'candidate.call(1) gave {"a": 1}, expected {"a": 1}'),
        ("true", "1", "candidate.call(1) gave true, expected 1"),
        ("0.0 / 0", "1", "candidate.call(1) gave NaN, expected 1"),
        ("-1.0 / 0", "1", "candidate.call(1) gave -Infinity, expected 1"),
        ("[]", "{}", "candidate.call(1) gave [], expected {}"),
        ("{ [1] => 2 }", "{}", "candidate.call(1) gave {<list as a key object>: 2}, expected {}"),
        ("a = []; a << a", "[]", "candidate.call(1) gave [<circular object>], expected []"),
        ("require 'set'; Set[1]", "[1]", "candidate.call(1) gave <Set object>, expected [1]"),
        ("(1..2)", "[1, 2]", "candidate.call(1) gave <Range object>, expected [1, 2]"),
        ("[1].each", "[1]", "candidate.call(1) gave <Enumerator object>, expected [1]"),
        ("BasicObject.new", "1", "candidate.call(1) gave <BasicObject object>, expected 1"),
        ("'\\xff'.b + \"\\xff\".b", "'a'", "candidate.call(1) gave b'\\\\xff\\xff', expected \"a\""),
    ],
)
def test_values_are_said_whatever_they_are(value, expected, detail):
    judgement = judge(f"def f(x)\n  {value}\nend\n", multiple(expected))
    assert (judgement.verdict, judgement.detail) == (Verdict.WRONG_ANSWER if detail else Verdict.PASSED, detail)


@needs_ruby
def test_arguments_arrive_as_they_are():
    values = ["#{1} #$0 \\ \"'é\u2028\n", {"b": [None, True, -1.5e-7], "#a": {}}, [[], 10**30]]
    assert judge("def f(x)\n  x\nend\n", called(*(((value,), value) for value in values))).verdict == Verdict.PASSED


RIGHT = [
    "def f(x) = 2\n__END__\nfree text",
    "def f(x)\r\n  2\r\nend\r\n",
    'def f(x)\n  $stdout.write("\\xff\\n" * 50000)\n  2\nend\n',
    "require 'prime'\n\ndef f(x)\n  Prime.first(1)[0]\nend\n",
    "TWO = 2\n\ndef f(x) = TWO\n\nif __FILE__ == $0\n  puts f(1)\nend\n",
    "# frozen_string_literal: true\nprivate\n\ndef f(x) = 2\n",
    "define_method(:f) { |x| 2 } rescue Object.define_method(:f) { |x| 2 }\n",
    "class Array\n  def join(*) = 'x'\n  def [](*) = 9\n  def to_a() = []\nend\n\ndef f(x) = 2\n",
    "class String\n  def gsub(*) = 'z'\nend\nclass Integer\n  def to_s(*) = '3'\nend\n\ndef f(x) = 2\n",
    "def format(*) = 'x'\ndef raise(*) = 1\ndef eval(*) = 1\ndef load(*) = 1\ndef lambda() = 1\ndef f(x) = 2\n",
    "module Kernel\n  def puts(*) = nil\n  def print(*) = nil\nend\nSTDOUT.close\n\ndef f(x) = (puts(1); 2)\n",
    "require 'stringio'\n$stdout = StringIO.new\n\ndef f(x) = (puts(1); 2)\n",
    "Thread.new { loop { sleep 1 } }\nat_exit { exit!(1) }\n\ndef f(x) = 2\n",
    "Dir.chdir('/')\nENV.clear\n\ndef f(x) = gets.to_i + 2\n",
]


@needs_ruby
def test_right_programs_pass_whatever_they_do_besides():
    judgements = judged(*((code, TWO) for code in RIGHT))
    assert [j.detail for j in judgements if j.verdict != Verdict.PASSED] == []


WRONG = [
    ("def f(x) = 3\n__END__\n", Verdict.WRONG_ANSWER),
    ("at_exit { exit!(0) }\ndef f(x) = 3\n", Verdict.WRONG_ANSWER),
    ("trap('EXIT') { exit!(0) }\ndef f(x) = 3\n", Verdict.WRONG_ANSWER),
    ("class Integer\n  def ==(other) = true\n  def to_s(*) = '2'\nend\ndef f(x) = 1\n", Verdict.WRONG_ANSWER),
    ("class Object\n  def ==(other) = true\n  def to_s() = '2'\nend\ndef f(x) = Object.new\n", Verdict.WRONG_ANSWER),
    ("class IO\n  def write(*) = 1\n  def syswrite(*) = 1\nend\ndef f(x) = 1\n", Verdict.WRONG_ANSWER),
    ("def f(x) = exit!(0)\n", Verdict.INCOMPLETE),
    ("def f(x) = exit(3)\n", Verdict.INCOMPLETE),
    ("exit\n", Verdict.INCOMPLETE),
    ("def f(x) = exec('true')\n", Verdict.INCOMPLETE),
    ("def f(x) = Thread.main.kill\n", Verdict.INCOMPLETE),
    ("class Proc\n  def call(*) = nil\nend\ndef f(x) = 1\n", Verdict.INCOMPLETE),
    ("def f(x) = Process.kill(:KILL, Process.pid)\n", Verdict.RUNTIME_ERROR),
    ("def f(x) = f(x)\n", Verdict.RUNTIME_ERROR),
    ("def f(x) = eval('2 +')\n", Verdict.RUNTIME_ERROR),
    ("return\ndef f(x) = 2\n", Verdict.RUNTIME_ERROR),
    ("class Foo\n  def f(x) = 2\nend\n", Verdict.RUNTIME_ERROR),
    ("def f(x)\n  all = []\n  loop { all << 'x' * 1000 }\nend\n", Verdict.OUT_OF_MEMORY),
    ("def f(x)\n  2\n", Verdict.BUILD_FAILED),
]


@needs_ruby
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_what_is_not_right_never_passes(level):
    judgements = judged(*((code, TWO) for code, _ in WRONG), level=level)
    assert [judgement.verdict for judgement in judgements] == [verdict for _, verdict in WRONG]


@needs_ruby
@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("def f(x)\n  [1].fetch(5)\nend\n", "line 2: IndexError: index 5 outside of array bounds: -1...1"),
        ("def f(x)\n\n  2 +\nend\n", "build failed: line 4: SyntaxError: syntax error, unexpected `end'"),
        ("require 'nope'\n", "line 1: LoadError: cannot load such file -- nope"),
        (
            "class Exception\n  def message = raise('x')\nend\ndef f(x) = Integer('y')\n",
            'line 4: ArgumentError: invalid value for Integer(): "y"',
        ),
    ],
)
def test_errors_carry_the_lines_of_the_candidate(code, detail):
    assert judge(code, TWO).detail == detail


@needs_ruby
def test_chance_is_the_same_in_every_run():
    assert judge("def f(x) = rand\n", TWO).detail == judge("def f(x) = rand\n", TWO).detail


@needs_ruby
@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("def f(x) = x + 1\n", Verdict.PASSED),
        ("def f(x) = x\n", Verdict.WRONG_ANSWER),
        ("def f(x) = exit(0)\n", Verdict.INCOMPLETE),
        (
            "require 'test/unit'\nmodule Nop\n  def assert_equal(*) = nil\nend\n"
            "Test::Unit::TestCase.prepend(Nop)\ndef f(x) = x\n",
            Verdict.WRONG_ANSWER,
        ),
        (
            "module Test; module Unit; module Assertions\n  def assert_equal(*); end\nend; end; end\ndef f(x) = x\n",
            Verdict.WRONG_ANSWER,
        ),
    ],
)
def test_what_test_unit_compares_is_not_the_programs_to_change(code, verdict):
    assert judge(code, RUBY.asserts("", LOOP)).verdict == verdict


#: what a row of adversarial programs calls a verdict; the end of the file hides no tests here: they lie in another
CLASSES = {
    "exit": Verdict.INCOMPLETE,
    "assertion": Verdict.WRONG_ANSWER,
    "timeout": Verdict.TIMED_OUT,
    "output": Verdict.OUTPUT_FLOOD,
    "pass": Verdict.PASSED,
    "rb-end-marker": Verdict.WRONG_ANSWER,
}


@needs_ruby
@needs_data
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_adversarial_programs_are_judged_as_they_deserve(level):
    programs = [json.loads(line) for line in Path(DATA, "adversarial/rb.jsonl").read_text("utf-8").splitlines()]
    tests = [RUBY.asserts(row["prompt"], row["tests"]) for row in programs]
    codes = [row["prompt"] + row["completion"] for row in programs]
    judgements = judged(*zip(codes, tests, strict=True), level=level, timeout=2)
    wrong = {
        row["id"]: judgement.verdict
        for row, judgement in zip(programs, judgements, strict=True)
        if row["expected_verdict"] != "any"
        and judgement.verdict != CLASSES.get(row["id"], CLASSES[row["expected_class"]])
    }
    assert len(programs) == 8
    assert wrong == {}


@needs_data
def test_every_assertion_of_multiple_is_said():
    with gzip.open(Path(DATA, "multipl-e/humaneval-rb.jsonl.gz"), "rt", encoding="utf-8") as lines:
        problems = [json.loads(line) for line in lines]
    tests = [RUBY.asserts(row["prompt"], row["tests"]) for row in problems]
    assert len(tests) == 161
    assert [each for each in tests if not each.expected] == []
