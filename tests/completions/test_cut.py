"""Candidates out of what models write: every trap that real ones have set, with a text that sets it."""

import importlib.util
import re

import pytest

from kcoder.completions.cut import Cut, cut, opened
from kcoder.language import Language
from kcoder.languages.cpp import CPP
from kcoder.languages.go import GO
from kcoder.languages.java import JAVA
from kcoder.languages.javascript import JAVASCRIPT
from kcoder.languages.python import PYTHON
from kcoder.languages.ruby import RUBY
from kcoder.languages.rust import RUST
from kcoder.languages.swift import SWIFT
from kcoder.languages.typescript import TYPESCRIPT


def squeezed(code):
    return re.sub(r"\s+", "", code)


def check(language, prompt, text, wanted, entry="f", how="answer, tree"):
    found = cut(language, prompt, text, entry)
    assert squeezed(found.code) == squeezed(wanted), found.code
    assert (found.how, found.fault) == (how, "")
    assert found.code.endswith("\n")


def fence(code, tag=""):
    return f"Here it is:\n\n```{tag}\n{code}```\nIt adds one.\n"


# ---- Python ---------------------------------------------------------------------------------------------------

PY = 'from typing import List\n\n\ndef f(n: int) -> int:\n    """Add one."""\n'
PY_F = "def f(n):\n    return n + 1\n"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("    return n + 1\n\nn = int(input())\nprint(f(n))\n", "    return n + 1\n"),
        ("    return g(n)\n\n@cache\ndef g(n):\n    return n + STEP\n\nSTEP = 1\nOTHER = f(1)\n",
         "    return g(n)\n\n@cache\ndef g(n):\n    return n + STEP\n\nSTEP = 1\n"),
        ("    return math.floor(n) + 1\n\nimport math\nimport unittest\n\nclass T(unittest.TestCase):\n    pass\n",
         "    return math.floor(n) + 1\n\nimport math\n"),
        ("    total = n\n    return total + 1\n\ntotal = int(input())\n", "    total = n\n    return total + 1\n"),
        ("    global count\n    count += 1\n    return n + count\n\ncount = 0\n",
         "    global count\n    count += 1\n    return n + count\n\ncount = 0\n"),
        ("    return n + 1\n\n\ndef f(n):\n    return n\n", "    return n + 1\n"),
    ],
)  # fmt: skip
def test_python_completions_keep_what_the_function_uses(text, kept):
    check(PYTHON, PY, text, PY + kept, how="tree")


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        (f"import sys\nsys.setrecursionlimit(10000)\n{PY_F}", f"import sys\nsys.setrecursionlimit(10000)\n{PY_F}"),
        (f"import sys\n\n{PY_F}\nprint(f(int(sys.argv[1])))\n", PY_F),
        (f"import sys\n\n{PY_F}", f"import sys\n\n{PY_F}"),
        ("@lru_cache(None)\ndef f(n):\n    return n + 1\n\nf.seen = {}\nf(3)\n",
         "@lru_cache(None)\ndef f(n):\n    return n + 1\n\nf.seen = {}\n"),
        ("class Node:\n    pass\n\nclass Unused(Node):\n    pass\n\ndef f(n):\n    return Node() and n + 1\n",
         "class Node:\n    pass\n\ndef f(n):\n    return Node() and n + 1\n"),
    ],
)  # fmt: skip
def test_python_answers_get_the_prompts_imports(code, kept):
    check(PYTHON, PY, fence(code), f"from typing import List\n{kept}".replace("f.seen={}", ""), how="answer, tree")


def test_a_future_import_stays_first():
    code = f"from __future__ import annotations\n{PY_F}"
    check(PYTHON, PY, fence(code), f"from __future__ import annotations\nfrom typing import List\n{PY_F}")


def test_a_helper_that_the_prompt_defines_stays_although_the_answer_leaves_it_out():
    prompt = "def g(n):\n    return n\n\n\ndef f(n):\n    '''Add one to g(n).'''\n"
    check(PYTHON, prompt, fence(PY_F), f"def g(n):\n    return n\n{PY_F}")


def test_a_prompt_without_the_function_is_no_obstacle():
    prompt = '"""Write a function f that adds one.\nassert f(1) == 2\n"""\n'
    check(PYTHON, prompt, f"import os\n\n{PY_F}\nprint(f(1))\n", f"import os\n{PY_F}")


# ---- Java -----------------------------------------------------------------------------------------------------

JV = "import java.util.*;\nclass Problem {\n    // Adds one.\n    public static long f(long n) {\n"
JV_F = "    public static long f(long n) {\n        return n + 1;\n    }\n"
JV_MAIN = "    public static void main(String[] args) {\n        System.out.println(f(1));\n    }\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("        return new Box(n).n;\n    }\n}\n\nclass Box {\n    long n;\n    Box(long n) { this.n = n + 1; }\n}\n",
         "import java.util.*;\nclass Box {\n    long n;\n    Box(long n) { this.n = n + 1; }\n}\nclass Problem {\n"
         "// Adds one.\n public static long f(long n) {\n        return new Box(n).n;\n    }\n}\n"),
        ("        return f(n, 1);\n    }\n    static long f(long n, long step) {\n        return n + step;\n    }\n",
         f"{JV}        return f(n, 1);\n    }}\n    static long f(long n, long step) {{\n        return n + step;\n    }}\n}}"),
        ("        return n + STEP;\n    }\n    static final long STEP = 1, NEVER = 2;\n    static long seen = f(2);\n",
         f"{JV}        return n + STEP;\n    }}\n    static final long STEP = 1, NEVER = 2;\n}}"),
    ],
)  # fmt: skip
def test_java_completions_keep_what_the_method_uses(text, wanted):
    check(JAVA, JV, text, wanted, how="tree")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (f"import org.junit.Test;\npublic class Problem {{\n{JV_F}{JV_MAIN}    @Test\n    public void test() {{ }}\n}}\n",
         f"import java.util.*;\nclass Problem {{\n{JV_F}}}"),
        (f"public class Adder {{\n    static Adder made = new Adder();\n    static long f(long n) {{\n"
         "        return made == null ? 0 : Adder.class == null ? 0 : n + 1;\n    }\n}\n",
         "import java.util.*;\nclass Problem {\n    static Problem made = new Problem();\n    static long f(long n) {\n"
         "        return made == null ? 0 : Problem.class == null ? 0 : n + 1;\n    }\n}"),
        (f"{JV_F}{JV_MAIN}record Pair(int a, int b) {{ }}\n", f"import java.util.*;\nclass Problem {{\n{JV_F}}}"),
        (f"class Main {{\n{JV_MAIN}}}\nclass Solution {{\n{JV_F}}}\n", f"import java.util.*;\nclass Problem {{\n{JV_F}}}"),
        ("class Problem {\n    static final Map<Long, Long> SEEN = new HashMap<>();\n    static { SEEN.put(1L, 2L); }\n"
         "    static { System.out.println(f(1)); }\n    static long f(long n) { return SEEN.get(n); }\n}\n",
         "import java.util.*;\nclass Problem {\n    static final Map<Long, Long> SEEN = new HashMap<>();\n"
         "    static { SEEN.put(1L, 2L); }\n    static long f(long n) { return SEEN.get(n); }\n}\n"),
    ],
)  # fmt: skip
def test_java_answers_become_the_prompts_class(code, wanted):
    check(JAVA, JV, fence(code, "java"), wanted)


# ---- Rust -----------------------------------------------------------------------------------------------------

RS = "/// Adds one.\nfn f(n: isize) -> isize {\n"
RS_F = "fn f(n: isize) -> isize {\n    n + 1\n}\n"


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        (f"{RS_F}\nlet x = f(1);\nprintln!(\"{{}}\", x);\nassert_eq!(f(1), 2);\n", RS_F),
        (f"use std::io;\nuse rand::Rng;\n{RS_F}fn main() {{\n    let x = rand::thread_rng();\n    io::stdin();\n}}\n", RS_F),
        (f"{RS_F}#[cfg(test)]\nmod tests {{\n    use super::*;\n    #[test]\n    fn t() {{ assert_eq!(f(1), 2); }}\n}}\n", RS_F),
        ("#[derive(Debug)]\n#[allow(dead_code)]\nstruct P(isize);\n#[derive(Clone)]\nstruct Unused;\nimpl P {\n"
         "    fn up(&self) -> isize { self.0 + 1 }\n}\nfn f(n: isize) -> isize {\n    P(n).up()\n}\n",
         "#[derive(Debug)]\n#[allow(dead_code)]\nstruct P(isize);\nimpl P {\n    fn up(&self) -> isize { self.0 + 1 }\n}\n"
         "fn f(n: isize) -> isize {\n    P(n).up()\n}\n"),
        ("macro_rules! up { ($n:expr) => { $n + STEP } }\nconst STEP: isize = 1;\npub fn f(n: isize) -> isize {\n    up!(n)\n}\n",
         "macro_rules! up { ($n:expr) => { $n + STEP } }\nconst STEP: isize = 1;\npub fn f(n: isize) -> isize {\n    up!(n)\n}\n"),
        ("#![allow(unused)]\nfn f<'a>(n: isize) -> isize {\n    let quote: &'static str = \"'\"; let c = '{'; n + 1\n}\n",
         "#![allow(unused)]\nfn f<'a>(n: isize) -> isize {\n    let quote: &'static str = \"'\"; let c = '{'; n + 1\n}\n"),
    ],
)  # fmt: skip
def test_rust_answers_keep_definitions_and_no_statements(code, kept):
    check(RUST, RS, fence(code, "rust"), kept)


def test_what_the_tests_call_beside_the_function_stays():
    text = "    n + 1\n}\n\nfn g(n: isize) -> isize {\n    n\n}\n\nfn h() {}\n"
    tests = "#[cfg(test)]\nmod tests {\n    fn test() { assert_eq!(f(1), g(2)); }\n}\n"
    assert "fn g" in cut(RUST, RS, text, "f", tests).code
    assert "fn h" not in cut(RUST, RS, text, "f", tests).code
    assert "fn g" not in cut(RUST, RS, text, "f").code


# ---- Swift ----------------------------------------------------------------------------------------------------

SW = "extension Int: Error {}\nextension [Int]: Error {}\n\n/// Adds one.\nfunc f(n: Int) -> Result<Int, [Int]> {\n"
SW_F = "func f(n: Int) -> Result<Int, [Int]> {\n    return .success(n + 1)\n}\n"


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        (SW_F, f"extension Int: Error {{}}\nextension [Int]: Error {{}}\n{SW_F}"),
        (f"extension Array: Error where Element == Int {{}}\nextension Int: Error {{}}\n{SW_F}",
         f"extension Array: Error where Element == Int {{}}\nextension Int: Error {{}}\n{SW_F}"),
        (f"import Foundation\n{SW_F}\nassert(f(n: 1) == .success(2))\nfor i in 0..<3 {{ print(i) }}\n@main\nstruct Main {{\n"
         "    static func main() { }\n}\n",
         f"import Foundation\nextension Int: Error {{}}\nextension [Int]: Error {{}}\n{SW_F}"),
    ],
)  # fmt: skip
def test_swift_answers_say_the_prompts_preamble_once_however_it_is_spelt(code, kept):
    check(SWIFT, SW, fence(code, "swift"), kept)


def test_extensions_and_operators_stay_without_being_named():
    prompt = "func f(n: Int) -> Int {\n"
    text = "    return n.up ** 1\n}\n\nextension Int {\n    var up: Int { self + 1 }\n}\ninfix operator **\n"
    text += "func ** (a: Int, b: Int) -> Int { a * b }\nprint(f(n: 1))\n"
    check(SWIFT, prompt, text, prompt + text.replace("print(f(n: 1))\n", ""), how="tree")


# ---- JavaScript and TypeScript --------------------------------------------------------------------------------

JS = "//Adds one.\nfunction f(n){\n"
JS_F = "function f(n) {\n    return n + 1;\n}\n"


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        (f"const assert = require('assert');\n{JS_F}assert.equal(f(1), 2);\nmodule.exports = {{ f }};\nexports.f = f;\n", JS_F),
        (f"{JS_F}\nconst n = 3;\nconsole.log(f(n));\n", JS_F),
        ("const f = (n) => {\n    return n + step;\n};\nlet step = 1;\nexport default f;\n",
         "const f = (n) => {\n    return n + step;\n};\nlet step = 1;\n"),
        ("export async function f(n) {\n    return n.up();\n}\nNumber.prototype.up = function () { return this + 1; };\n",
         "async function f(n) {\n    return n.up();\n}\n"),
        ("const memo = {};\nmemo[0] = 1;\nfunction f(n) {\n    return memo[n] || g(n);\n}\nconst g = n => f(n - 1) + 1;\n"
         "const all = [1, 2].map(f);\n",
         "const memo = {};\nmemo[0] = 1;\nfunction f(n) {\n    return memo[n] || g(n);\n}\nconst g = n => f(n - 1) + 1;\n"),
        ("function sum(n) {\n    let f = 0;\n    return f;\n}\n\n" + JS_F, JS_F),
        (f"'use strict';\n{JS_F}", f"'use strict';\n{JS_F}"),
    ],
)  # fmt: skip
def test_javascript_answers_export_and_try_nothing(code, kept):
    check(JAVASCRIPT, JS, fence(code, "js"), kept)


def test_a_local_variable_is_not_the_function():
    code = "function other(n) {\n    let f = 0;\n    return f;\n}\n"
    assert cut(JAVASCRIPT, JS, fence(code), "f").fault == "renamed: other"
    assert cut(JAVASCRIPT, JS, fence(code.replace("(n)", "(a, b)")), "f").code.strip().startswith("function other")


def test_typescript_types_stay_where_they_are_used_and_exports_go():
    prompt = "function f(n: number): number {\n"
    code = "export type Step = number;\ntype Unused = string;\ndeclare var require: any;\nconst step: Step = 1;\n"
    code += "export default function f(n: number): number {\n    return n + step;\n}\nconsole.log(f(1));\n"
    kept = "type Step = number;\nconst step: Step = 1;\nfunction f(n: number): number {\n    return n + step;\n}\n"
    check(TYPESCRIPT, prompt, fence(code, "typescript"), kept)


# ---- Go -------------------------------------------------------------------------------------------------------

GOP = 'package f_test\n\nimport (\n    "testing"\n    "fmt"\n)\n\n// Adds one.\nfunc f(n []string) int {\n'
GO_HEAD = 'package f_test\nimport "testing"\nimport "fmt"\n'
GO_F = "func f(n []string) int {\n\treturn len(n) + 1\n}\n"


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (f'package main\n\nimport (\n\t"fmt"\n\t"os"\n\t"strings"\n)\n\n{GO_F}\nfunc main() {{\n\tfmt.Println(os.Args, strings.ToUpper("a"))\n}}\n',
         GO_HEAD + GO_F),
        (f'import "sort"\n{GO_F}', f'{GO_HEAD}import "sort"\n{GO_F}'),
        ('import "strings"\nfunc f(strings []string) int {\n\treturn len(strings)\n}\nfunc main() { strings.ToUpper("a") }\n',
         GO_HEAD + "func f(strings []string) int {\n\treturn len(strings)\n}\n"),
        ('import (\n\tm "math"\n\t"math/rand"\n)\ntype P struct{ n int }\nfunc (p P) up() float64 { return m.Abs(1) }\n'
         'func f(n []string) int {\n\tseen := map[string]struct{}{}\n\treturn len(seen) + P{1}.n\n}\nvar r = rand.Int()\n',
         GO_HEAD + 'import m "math"\ntype P struct{ n int }\nfunc (p P) up() float64 { return m.Abs(1) }\n'
         "func f(n []string) int {\n\tseen := map[string]struct{}{}\n\treturn len(seen) + P{1}.n\n}\n"),
        (f"{GO_F}\nfmt.Println(f(nil))\nfunc TestF(t *testing.T) {{\n\tt.Log(f(nil))\n}}\nfunc Example() {{}}\n", GO_HEAD + GO_F),
    ],
)  # fmt: skip
def test_go_answers_import_what_is_used_and_nothing_else(code, wanted):
    check(GO, GOP, fence(code, "go"), wanted)


def test_a_struct_within_a_go_type_ends_nothing():
    body = "\tseen := map[string]struct{}{}\n\tfor _, s := range n {\n\t\tseen[s] = struct{}{}\n\t}\n\treturn len(seen)\n}\n"
    check(GO, GOP, body + "\nfunc TestF(t *testing.T) {}\n", GOP + body, how="tree")


def test_imports_that_serve_no_test_are_added_only_where_they_are_used():
    prompt = 'import (\n    "math"\n    "sort"\n)\n\nfunc f(n []string) int {\n'
    code = 'import "sort"\nfunc f(n []string) int {\n\tsort.Strings(n)\n\treturn 1\n}\n'
    check(GO, prompt, fence(code), code)


# ---- C++ ------------------------------------------------------------------------------------------------------

UNION = "union {name}{{\n    long f0;\n    {name}(long _f0) : f0(_f0) {{}}\n    bool operator==(long f){const} {{ return f0 == f; }}\n}};\n"
ONE, TWO = (UNION.format(name=name, const="") for name in ("Union_a", "Union_b"))
CC = f"#include<assert.h>\n#include<bits/stdc++.h>\n{ONE}{TWO}// Adds one.\nUnion_a f(long n) {{\n"
CC_HEAD = "#include<assert.h>\n#include<bits/stdc++.h>\n"
CC_F = "Union_a f(long n) {\n    return Union_a(n + 1);\n}\n"


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        (CC_F, f"{CC_HEAD}{ONE}{TWO}{CC_F}"),
        (f"#include <assert.h>\n#include <vector>\n{ONE}{CC_F}", f"#include<bits/stdc++.h>\n#include <assert.h>\n#include <vector>\n{TWO}{ONE}{CC_F}"),
        (UNION.format(name="Union_a", const=" const") + CC_F, f"{CC_HEAD}{TWO}{UNION.format(name='Union_a', const=' const')}{CC_F}"),
        (f"using namespace std;\n#define STEP 1\n{CC_F}", f"{CC_HEAD}{ONE}{TWO}using namespace std;\n{CC_F}"),
        (f"{CC_F}test_f();\nassert(f(1) == 2);\nfor (int i = 0; i < 3; i++) {{ f(i); }}\nint main() {{ return 0; }}\n",
         f"{CC_HEAD}{ONE}{TWO}{CC_F}"),
    ],
)  # fmt: skip
def test_cpp_answers_and_the_prompts_unions_make_one_program(code, kept):
    check(CPP, CC, fence(code, "cpp"), kept)


def test_cpp_definitions_of_every_kind_stay_where_they_are_used():
    prompt = "#include<vector>\nint f(int n) {\n"
    kept = (
        "#include<vector>\nstruct P { int n; };\nenum Kind { ODD, EVEN };\ntypedef std::vector<P> Ps;\nint step(int n);\n"
        "template <typename T> T same(T a) { return a; }\nbool operator<(const P& a, const P& b) { return a.n < b.n; }\n"
        "static int counts[2] = {ODD, EVEN};\nint f(int n) {\n    Ps ps;\n    counts[0]++;\n    return same(step(n));\n}\n"
        "int step(int n) { return n + 1; }\n"
    )
    extra = "struct Unused {};\nint unused() { return f(1); }\nint made = f(1);\nint main() { Unused u; return unused(); }\n"
    check(CPP, prompt, fence(kept + extra, "c++"), kept)


@pytest.mark.parametrize("end", ["}\n", "", "}\nint main() {\n    f(1);\n"])
def test_what_a_grammar_does_not_know_is_no_fault_of_the_function(end):
    prompt = "bool f(std::any n) {\n"
    body = "    if (n.type() == typeid(int)) {\n        return true;\n    }\n    return false;\n"
    check(CPP, prompt, body + end, prompt + body + "}\n", how="tree")


# ---- Ruby and Lua ---------------------------------------------------------------------------------------------

RB = "# Adds one.\ndef f(n)\n"
RB_F = "def f(n)\n  n + 1\nend\n"


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        (f"require 'set'\nrequire 'minitest/autorun'\nSTEP = 1\n{RB_F}n = 3\nputs f(n)\n", f"require 'set'\n{RB_F}"),
        (f"{RB_F}puts(f([1 => 2)\nassert_equal f(1), 2\n", RB_F),
        ("class Integer\n  def up; self + 1; end\nend\n\ndef f(n)\n  n.up\nend\n\nclass T < Test::Unit::TestCase\nend\n",
         "class Integer\n  def up; self + 1; end\nend\n\ndef f(n)\n  n.up\nend\n"),
        ("P = Struct.new(:n)\nprivate def g(n)\n  P.new(n + STEP).n\nend\ndef f(n) = g(n)\nSTEP = 1\n__END__\nputs f(1)\n",
         "P = Struct.new(:n)\nprivate def g(n)\n  P.new(n + STEP).n\nend\ndef f(n) = g(n)\nSTEP = 1\n"),
    ],
)  # fmt: skip
def test_ruby_answers_keep_definitions_and_constants(code, kept):
    check(RUBY, RB, fence(code, "ruby"), kept)


def test_ruby_bodies_with_blank_lines_and_here_documents_are_whole():
    body = "  text = <<~END\n    end\n  END\n\n  # done\n\n  text ? n + 1 : 0\nend\n"
    check(RUBY, RB, body + "\nputs f(1)\n", RB + body, how="tree")


@pytest.mark.skipif(not importlib.util.find_spec("kcoder_lua"), reason="kcoder-lua is not installed")
@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("local function f(n)\n  return n + 1\nend\n\nprint(f(1))\nreturn f\n", "local function f(n)\n  return n + 1\nend\n"),
        ("local lu = require('luaunit')\nlocal step = 1\nfunction g(n) return n + step end\nlocal result = f(1)\n"
         "local function f(n)\n  local result = g(n)\n  return result\nend\nTestF = {}\nfunction TestF:test() lu.assertTrue(f(1)) end\n"
         "os.exit(lu.LuaUnit.run())\n",
         "local step = 1\nfunction g(n) return n + step end\nlocal function f(n)\n  local result = g(n)\n  return result\nend\n"),
        ("local M = {}\nfunction M.g(n) return n + 1 end\nlocal f = function(n) return M.g(n) end\nreturn { f = f }\n",
         "local M = {}\nfunction M.g(n) return n + 1 end\nlocal f = function(n) return M.g(n) end\n"),
    ],
)  # fmt: skip
def test_lua_answers_end_without_a_return(code, kept):
    from kcoder_lua import LUA

    check(LUA, "-- Adds one.\nlocal function f(n)\n", fence(code, "lua"), kept)


# ---- prose and fences -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["AddOne", "add_one", "ADDONE"])
def test_another_spelling_of_the_name_is_named(name):
    found = cut(JAVASCRIPT, "function addOne(n){\n", fence(f"function {name}(n) {{ return n + 1; }}\n"), "addOne")
    assert found.fault == f"renamed: {name}"
    assert f"function {name}" in found.code


def test_another_name_with_the_same_arguments_is_named():
    code = "import java.util.*;\nclass Problem {\n    static long plusOne(long n) { return n + 1; }\n}\n"
    assert cut(JAVA, JV, fence(code), "f").fault == "renamed: plusOne"
    assert cut(JAVA, JV, code, "f").fault == "renamed: plusOne"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Cut("", "whole", "empty")),
        (" \n\n", Cut("", "whole", "empty")),
        ("I am sorry, but I can't help with that.\n\nPlease ask me something else.", Cut("", "whole", "refused")),
        ("Say this:\n```bash\nnpm install\n```\n", Cut("npm install\n", "answer, whole", "missing")),
    ],
)
def test_where_there_is_no_candidate_its_fault_says_why(text, wanted):
    assert cut(JAVASCRIPT, JS, text, "f") == wanted


def test_a_helper_in_another_fence_is_found():
    helper, answer = fence("def g(n):\n    return n\n"), fence("def f(n):\n    return g(n) + 1\n")
    text = f"First a helper:\n{helper}\n{answer}"
    check(PYTHON, "def f(n):\n", text, "def g(n):\n    return n\ndef f(n):\n    return g(n) + 1\n")


def test_of_two_answers_the_first_counts():
    text = fence(PY_F) + "A shorter way:\n" + fence("f = lambda n: n + 1\n")
    check(PYTHON, "def f(n):\n", text, PY_F)


def test_fences_within_the_code_end_nothing():
    code = 'def f(n):\n    """\n    ```\n    f(1)\n    ```\n    """\n    return n + 1\n'
    check(PYTHON, "def f(n):\n", f"1. Here:\n\n```python\n{code}```\n", code)


def test_what_a_model_thinks_aloud_is_no_answer():
    text = "<think>\n" + fence("def f(n):\n    return n\n") + f"</think>\n{fence(PY_F)}"
    check(PYTHON, "def f(n):\n", text, PY_F)


def test_an_unfinished_function_stays_unfinished():
    text = "    if (n) {\n        return n +"
    assert cut(JAVASCRIPT, JS, text, "f").code.rstrip() == JS + text
    assert opened(cut(JAVASCRIPT, JS, text, "f").code, "}\n").rstrip() == JS + text


def test_odd_characters_stop_nothing():
    assert (
        cut(PYTHON, "def f(n):\n", '    return "\ud83d\0" + n\n', "f").code == 'def f(n):\n    return "\ud83d\0" + n\n'
    )


# ---- without a tree -------------------------------------------------------------------------------------------


def test_a_text_that_is_too_much_for_its_parser_is_cut_by_braces():
    found = cut(JAVA, JV, "        return n;\n    }\n" + "x=>" * 6000, "f")
    assert found == Cut(f"{JV}        return n;\n    }}\n}}\n", "braces", "")
    assert cut(JAVA, JV, "        return n;\n    }\n", "f").how == "tree"


def test_a_language_without_a_grammar_has_its_braces_and_stops():
    plain = Language(name="c", suffixes=(".c",), comment="//", stops=("\nmain",))
    body = "    char shut = '}'; // }\n    return n;\n}\n"
    assert cut(plain, "int f(int n) {\n", body + "int g() {}\n", "f") == Cut("int f(int n) {\n" + body, "braces")
    assert cut(plain, "f n =\n", "  n\nmain = f 1\n", "f") == Cut("f n =\n  n", "stops")
    assert cut(plain, "f n =\n", "  n\n", "f") == Cut("f n =\n  n\n", "whole")


# ---- before tests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "tests", "wanted"),
    [
        ("fn f() {\n}\n", "}\n\nfn main() {\n}\n", "fn f() {\n"),
        (
            "class A {\n  f() {\n  }\n}\n",
            '    }\n    void main() {\n  "}".g();\n    }\n\n}\n',
            "class A {\n  f() {\n  ",
        ),
        ("fn f() {\n}\n", "fn main() {\n}\n", "fn f() {\n}\n"),
        ("def f(n):\n    pass\n", "assert f({}) == '}'\n", "def f(n):\n    pass\n"),
    ],
)
def test_tests_that_close_the_code_themselves_find_it_open(code, tests, wanted):
    assert opened(code, tests) == wanted
