"""C++ as kcoder runs it: values in and out, hostile programs, and what the benchmarks hold."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest

from kcoder.conformance import test_plugin
from kcoder.errors import MachineLacksError, UsageError
from kcoder.executor import Job
from kcoder.host import Host
from kcoder.isolation.proof import proven
from kcoder.language import END, Tests
from kcoder.languages.cpp import CPP, _precompiled
from kcoder.plugin import load
from kcoder.records import Verdict

DATA = os.environ.get("KCODER_TEST_DATA")


def lacking():
    try:
        CPP.version()
    except MachineLacksError as error:
        return error.message
    return ""


runs = pytest.mark.skipif(bool(lacking()), reason=lacking())
with_data = pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA names no folder")


def judged(*programs):
    """The judgements of (code, tests), in order."""
    jobs = [Job(str(number), CPP, code, "f", tests) for number, (code, tests) in enumerate(programs)]
    with load("executors", "sandbox")(timeout=5).open(Host(workers=2)) as execute:
        return sorted(execute(jobs), key=lambda judgement: int(judgement.id))


def judge(code, tests):
    return judged((code, tests))[0]


def test_its_programs_are_scored():
    score = load("scorers", CPP.scorer)().score("int f(int x) {\n    return x > 1 ? x : 1;\n}\n", "cpp")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in CPP.generated_paths)

    assert generated("build/moc_a.cpp")
    assert not generated("src/a.cpp")


def test_the_content_decides_where_others_use_the_ending():
    shown = CPP.content[".h"]
    assert re.search(shown, "class A;\n")
    assert not re.search(shown, "struct a { int b; };\n")


@runs
def test_the_conformance_kit_finds_nothing():
    findings = test_plugin("languages", "cpp", Host())
    assert len(findings) > 8
    assert [f for f in findings if not f.ok] == []


PROMPT = "#include <assert.h>\n#include <vector>\n#include <string>\n// Twice n.\nlong twice(long n) {\n"
TESTS = """}
int main() {
    auto candidate = twice;
    assert(candidate((3)) == (6));
    assert(candidate((-1)) == (-2)); // assert(candidate((0)) == (1));
}
"""


def test_assertions_become_calls_that_say_their_values():
    tests = CPP.asserts(PROMPT, TESTS)
    assert (tests.expected, tests.sources) == ((6, -2), ("candidate((3))", "candidate((-1))"))
    assert "kcoder__say(candidate((3)));" in tests.text
    assert "6" not in tests.text


SAME = """bool issame(vector<int> a,vector<int>b){
    if (a.size()!=b.size()) return false;
    for (int i=0;i<a.size();i++)
    {
        if (a[i]!=b[i]) return false;
    }
    return true;
}
"""
NEARLY = SAME.replace("int>", "float>").replace("a[i]!=b[i]", "abs(a[i]-b[i])>1e-4")


def main(*statements):
    return "\n".join(["int main(){", *(f"    {statement}" for statement in statements), "}", ""])


@pytest.mark.parametrize(
    ("before", "statement", "said", "expected"),
    [
        (SAME, "assert (issame(f({1, 2}) , {1, 2}));", "f({1, 2})", [1, 2]),
        (SAME, "assert (issame(f({}), f({1})));", "bool(issame(f({}), f({1})))", True),
        (NEARLY, "assert (issame(f({1.5}), {1.5}));", "bool(issame(f({1.5}), {1.5}))", True),
        ("", "assert (abs(f(1)-2.5)<1e-4);", "bool(abs(f(1)-2.5)<1e-4)", True),
        ("", "assert (not (f(1)));", "bool(not (f(1)))", True),
        ("", "assert ((f({1, 2}) == 3));", "f({1, 2})", 3),
        ("", "assert (f(1) == vector<int>{1, 2});", "bool(f(1) == vector<int>{1, 2})", True),
        ("", "assert (f(1)==true && g(2)==3);", "bool(f(1)==true && g(2)==3)", True),
    ],
)
def test_conditions_of_humaneval_x_say_values_or_whether_they_hold(before, statement, said, expected):
    tests = CPP.asserts("", before + main(statement))
    assert tests.expected == (expected,)
    assert tests.sources == (said,)
    assert f"kcoder__say({said});" in tests.text


def test_what_compares_a_union_says_whether_it_holds():
    tests = CPP.asserts("union Union_std_string_long { };\n", TESTS)
    assert tests.sources == ("bool(candidate((3)) == (6))", "bool(candidate((-1)) == (-2))")
    assert tests.expected == (True, True)


def test_what_is_tried_in_loops_must_come_to_its_end():
    loop = "for (int i=0;i<3;i++) assert (f(i) == i);"
    tests = CPP.asserts("", main("assert (f(1) == 1);", loop))
    assert tests.expected == (1, END)
    assert 'for (int i=0;i<3;i++) kcoder__check(bool(f(i) == i), "f(i) == i");' in tests.text
    assert CPP.asserts("", main(loop)).expected is None


def test_tests_without_a_main_are_refused():
    with pytest.raises(UsageError, match="no such function"):
        CPP.asserts("", "void start() {}")


# one of each type that the benchmarks' prompts return, and the literal it is compared with
RETURNED = {
    "long": ("7", "(7)"),
    "bool": ("true", "(true)"),
    "float": ("0.1f", "(0.1f)"),
    "double": ("0.1", "0.1"),
    "char": ("'x'", "'x'"),
    "std::string": ('"a\\n\\"\\\\é"', '("a\\n\\"\\\\é")'),
    "std::vector<long>": ("{1, -2}", "(std::vector<long>({(long)1, (long)-2}))"),
    "std::vector<std::string>": ("{}", "(std::vector<std::string>())"),
    "std::vector<float>": ("{2.2f}", "(std::vector<float>({(float)2.2f}))"),
    "std::vector<std::tuple<long, long>>": (
        "{{1, 2}}",
        "(std::vector<std::tuple<long, long>>({(std::tuple<long, long>)std::make_tuple(1, 2)}))",
    ),
    "std::optional<long>": ("3", "(3)"),
    "std::optional<std::string>": ("std::nullopt", "std::nullopt"),
    "std::map<std::string,long>": (
        '{{"a", 1}, {"b", 2}}',
        '(std::map<std::string,long>({{"b", 2}, {"a", 1}}))',
    ),
    "std::tuple<std::string, bool>": ('{"a", false}', '(std::make_tuple("a", false))'),
    "std::tuple<float, float>": ("{2.0f, 2.2f}", "(std::make_tuple(2.0f, 2.2f))"),
    "std::tuple<std::optional<long>, std::optional<long>>": (
        "{std::optional<long>(-1), std::nullopt}",
        "std::make_tuple(-1, std::nullopt)",
    ),
    "std::pair<int, unsigned char>": ("{1, 2}", "std::make_tuple(1, 2)"),
}


@runs
def test_every_type_that_prompts_return_goes_out_and_is_compared():
    code, statements = "#include <bits/stdc++.h>\n", []
    for number, (kind, (value, literal)) in enumerate(RETURNED.items()):
        code += f"{kind} f{number}() {{ return {value}; }}\n"
        statements.append(f"assert(f{number}() == {literal});")
    tests = CPP.asserts(code, main(*statements))
    assert tests.sources == tuple(f"f{number}()" for number in range(len(RETURNED)))
    right = judge(code, tests)
    assert (right.verdict, right.detail) == (Verdict.PASSED, "")


@runs
@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("std::set<int>", "{1}", "{1}"),
        ("double", "x / 0.0 - x / 0.0", "NaN"),
        ("__int128", "(__int128)x << 100", str(4 << 100)),
        ("std::variant<int, std::vector<int>>", "std::vector<int>{x}", "[4]"),
        ("int*", "new int", "<int* object>"),
        ("int*", "nullptr", "null"),
        ("Equal", "{}", "<Equal object>"),
    ],
)
def test_what_is_said_is_plain_whatever_it_says_of_itself(kind, value, said):
    equal = "struct Equal { template <class T> bool operator==(const T&) const { return true; } };\n"
    code = f"#include <set>\n#include <variant>\n#include <vector>\n{equal}{kind} f(int x) {{ return {value}; }}\n"
    judgement = judge(code, CPP.calls("f", [((4 if "x" in value else 0,), "right")]))
    assert judgement.detail.partition(" gave ")[2] == f'{said}, expected "right"'


@runs
def test_the_driver_brings_no_name_of_the_standard_library():
    code = "#include <vector>\nusing namespace std;\nint unique(vector<int> a) { return a.size(); }\n"
    code += "int max_element(vector<int> a) { return 1; }\nlong write(int a) { return a; }\n"
    tests = CPP.asserts("", main("assert (unique({1, 2}) + max_element({}) + write(3) == 6);"))
    assert judge(code, tests).verdict == Verdict.PASSED
    missing = judge("int f(std::string a) { return 1; }\n", tests)
    assert (missing.verdict, missing.detail) == (Verdict.BUILD_FAILED, "line 1: ‘string’ is not a member of ‘std’")


CALLED = [
    (
        "#include <string>\nlong f(int a, long b, float c, std::string s, bool t) { return a + b + c + s.size() + t; }",
        ((1, 2, 3.5, 'ab\né"\\', True), 14),
    ),
    (
        "#include <vector>\nstd::vector<int> f(std::vector<int>& a, const std::vector<long>& b) "
        "{ a.push_back(b.size()); return a; }",
        (([], [3, 4]), [2]),
    ),
    (
        "#include <bits/stdc++.h>\nusing namespace std;\nauto f(map<string, vector<int>> a) { return a; }",
        (({"a": [1], "bc": []},), {"a": [1], "bc": []}),
    ),
    (
        "#include <bits/stdc++.h>\nusing namespace std;\nint f(vector<vector<int>> a, char c, optional<int> i, "
        "set<int> t, vector<char> v, string s) {\n"
        "  return a[0][0] + c + i.value_or(1) + t.size() + v.size() + s.size(); }",
        (([[5]], "a", None, [1, 1, 2], ["q", "r"], "w"), 5 + 97 + 1 + 2 + 2 + 1),
    ),
    (
        "#include <tuple>\n#include <string>\nstd::tuple<long, std::string> f(std::pair<long, std::string> p) "
        "{ return {p.first + 1, p.second}; }",
        (([1, "a"],), (2, "a")),
    ),
    (
        "#include <vector>\n#include <string>\nusing namespace std;\n"
        "vector<vector<string>> f(vector<vector<string>>&& a) noexcept { return a; }",
        (([["a", "b"], [], ["cd", "ef"]],), [["a", "b"], [], ["cd", "ef"]]),
    ),
    (
        "#include <string>\nstd::string f(std::string s, long n) { return s + char('0' - n % 10); }",
        (("a\0?", -(1 << 63)), "a\0?8"),
    ),
]


@runs
def test_json_arguments_become_what_the_parameters_are_declared_with():
    judgements = judged(*((code, CPP.calls("f", [call])) for code, call in CALLED))
    assert [(each.verdict, each.detail) for each in judgements] == [(Verdict.PASSED, "")] * len(CALLED)


HOSTILE = {
    "exit(0);": (Verdict.INCOMPLETE, "ended after 0 of 2 calls"),
    "atexit([] { _Exit(0); }); return n;": (Verdict.WRONG_ANSWER, "candidate((3)) gave 3, expected 6"),
    'puts("6"); fclose(stdout); return 2 * n;': (Verdict.PASSED, ""),
    "putchar(0xff); return 2 * n;": (Verdict.PASSED, ""),
    "close(1); close(2); return 2 * n;": (Verdict.PASSED, ""),
    "return std::vector<long>().at(n);": (
        Verdict.RUNTIME_ERROR,
        "what():  vector::_M_range_check: __n (which is 3) >= this->size() (which is 0)",
    ),
    "abort();": (Verdict.RUNTIME_ERROR, "SIGABRT, ended after 0 of 2 calls"),
    "return *new long[1L << 40];": (Verdict.OUT_OF_MEMORY, "what():  std::bad_alloc"),
    "\nreturn half(n);": (Verdict.BUILD_FAILED, "line 10: ‘half’ was not declared in this scope"),
    "return undefined_(n);}\nlong undefined_(int); long other() { return 1;": (
        Verdict.BUILD_FAILED,
        "line 9: ‘undefined_’ was not declared in this scope",
    ),
    "extern long nowhere(long); return nowhere(n);": (
        Verdict.BUILD_FAILED,
        "undefined reference to 'nowhere(long)'",
    ),
}


@runs
def test_a_program_cannot_pass_but_by_its_values():
    prompt = "#include <cstdio>\n#include <cstdlib>\n#include <unistd.h>\n" + PROMPT.replace(
        "#include <assert.h>\n", ""
    )
    tests = CPP.asserts(prompt, TESTS)
    judgements = judged(*((f"{prompt}\n{body}", tests) for body in HOSTILE))
    assert [(each.verdict, each.detail) for each in judgements] == list(HOSTILE.values())


@runs
def test_conditions_in_loops_fail_by_themselves():
    tests = CPP.asserts("", main("for (int i=0;i<3;i++) assert (f(i) == i);"))
    bodies = ("return i;", "return i % 2;", "_Exit(0);")
    right, wrong, left = judged(*((f"#include <cstdlib>\nint f(int i) {{ {body} }}\n", tests) for body in bodies))
    assert right.verdict == Verdict.PASSED
    assert (wrong.verdict, wrong.detail) == (Verdict.WRONG_ANSWER, "assertion failed: f(i) == i")
    assert left.verdict == Verdict.INCOMPLETE


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [(True, 1, True), (0, False, True), (2, True, False), ("1", True, False), ([1], [1.0], True), (None, 0, False)],
)
def test_truth_values_are_numbers(answer, expected, right):
    assert CPP.same(answer, expected) is right


def rows(name):
    return [json.loads(line) for line in gzip.open(Path(DATA, name))]


@with_data
def test_every_test_of_multipl_e_is_read():
    problems = rows("multipl-e/humaneval-cpp.jsonl.gz")
    assert len(problems) == 161
    read = {each["name"]: CPP.asserts(each["prompt"], each["tests"]) for each in problems}
    assert [name for name, tests in read.items() if not tests.expected or END in tests.expected] == []
    held = {name for name, tests in read.items() if any(source.startswith("bool(") for source in tests.sources)}
    assert held == {"HumanEval_103_rounded_avg", "HumanEval_125_split_words", "HumanEval_137_compare_one"}


@with_data
def test_most_tests_of_humaneval_x_are_read_as_values():
    problems = rows("humaneval-x/humaneval_cpp.jsonl.gz")
    read = {each["task_id"]: CPP.asserts(each["prompt"], each["test"]) for each in problems}
    assert len(read) == 164
    assert {name for name, tests in read.items() if tests.expected is None} == {"CPP/32", "CPP/38", "CPP/50"}


@runs
@with_data
def test_solutions_of_humaneval_x_pass():
    problems = rows("humaneval-x/humaneval_cpp.jsonl.gz")[2::16]
    programs = [(p["prompt"] + p["canonical_solution"], CPP.asserts(p["prompt"], p["test"])) for p in problems]
    assert [each.verdict for each in judged(*programs)] == [Verdict.PASSED] * 11


@pytest.mark.parametrize(
    ("code", "precompiled"),
    [
        ("#include <bits/stdc++.h>\nint f;", True),
        ("// words\n#include<assert.h>\n /* more\n */ #include <bits/stdc++.h>\nint f;", True),
        ("#define int long\n#include <bits/stdc++.h>\nint f;", False),
        ("#include <vector>\nstd::map<int, int> f;", False),
        ("int f; // #include <bits/stdc++.h>", False),
    ],
)
@runs
def test_a_header_of_all_is_precompiled_for_who_includes_it_first_and_nobody_else(code, precompiled, monkeypatch):
    monkeypatch.setattr("kcoder.languages.cpp._precompiled", lambda compiler: "/made")
    build, _ = CPP.program(code, Tests(""), "_m").commands
    assert ("-I" in build, "/made" in build) == (precompiled, precompiled)


@runs
def test_a_program_that_lacks_an_include_fails_beside_one_that_includes_all():
    body = "int f(int n) { std::map<int, int> all; return all[n] + n + 1; }\n"
    tests = CPP.calls("f", (((1,), 2),))
    all_, none = judged((f"#include <bits/stdc++.h>\n{body}", tests), (body, tests))
    assert (all_.verdict, none.verdict) == (Verdict.PASSED, Verdict.BUILD_FAILED)


@runs
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_on_a_machine_where_nothing_was_made_yet_it_is_made_when_first_needed(level, tmp_path, monkeypatch):
    """The sandbox stands by then: a program that needs no header was judged before."""
    if why := proven(level):
        pytest.skip(why)
    tmp_path.chmod(0o755)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    _precompiled.cache_clear()
    tests = CPP.calls("f", (((1,), 2),))
    body = "int f(int n) { return n + 1; }\n"
    with load("executors", "sandbox")(timeout=5).open(Host(sandbox=level)) as execute:
        for code in (body, f"#include <bits/stdc++.h>\n{body}"):
            [judgement] = execute([Job("1", CPP, code, "f", tests)])
            assert judgement.verdict == Verdict.PASSED, judgement.detail
    assert list((tmp_path / "cache").rglob("*.gch"))
    _precompiled.cache_clear()


@runs
def test_a_header_of_ours_that_is_missing_is_no_programs_fault(monkeypatch):
    monkeypatch.setattr("kcoder.languages.cpp._precompiled", lambda compiler: "/nowhere")
    judgement = judge("#include <bits/stdc++.h>\nint f(int n) { return n + 1; }\n", CPP.calls("f", (((1,), 2),)))
    assert judgement.verdict == Verdict.HARNESS_ERROR
    assert "everything.hpp: No such file" in judgement.detail
    own = judge('#include "mine.hpp"\nint f(int n) { return n; }\n', CPP.calls("f", (((1,), 2),)))
    assert own.verdict == Verdict.BUILD_FAILED


@runs
def test_where_nothing_can_be_kept_the_header_is_compiled_with_every_program(tmp_path, monkeypatch):
    (tmp_path / "kcoder").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    compiler = CPP._compiler()
    assert _precompiled.__wrapped__(compiler) == ""
