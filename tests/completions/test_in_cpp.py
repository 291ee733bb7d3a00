"""Candidates out of what models write in C++: traps that real ones set, as diffs."""

import pytest
from diffs import check, check_answer

from kcoder.languages.cpp import CPP

CC = """\
#include<assert.h>
#include<bits/stdc++.h>
union Union_a{ long f0; };
union Union_b{ long f0; };
// Adds one.
Union_a f(long n) {
"""


@pytest.mark.parametrize(
    "diff",
    [
        """
+#include<assert.h>
+#include<bits/stdc++.h>
+union Union_a{ long f0; };
+union Union_b{ long f0; };
 Union_a f(long n) {
     return Union_a(n + 1);
 }
""",
        """
+#include<bits/stdc++.h>
 #include <assert.h>
 #include <vector>
+union Union_b{ long f0; };
 union Union_a{ long f0; };
 Union_a f(long n) {
     return Union_a(n + 1);
 }
""",
        """
+#include<assert.h>
+#include<bits/stdc++.h>
+union Union_b{ long f0; };
 union Union_a{ long f0; bool operator==(long f) const { return f0 == f; } };
 Union_a f(long n) {
     return Union_a(n + 1);
 }
""",
    ],
)
def test_cpp_answers_and_the_prompts_unions_make_one_program(diff):
    check_answer(CPP, CC, diff)


def test_cpp_statements_at_file_scope_go_and_using_namespace_stays():
    check_answer(
        CPP,
        "#include<vector>\nint f(int n) {\n",
        """
+#include<vector>
 using namespace std;
-#define STEP 1
 int f(int n) {
     return n + 1;
 }
-test_f();
-assert(f(1) == 2);
-for (int i = 0; i < 3; i++) { f(i); }
-int main() { return 0; }
""",
    )


def test_a_comment_right_below_an_include_stays_with_the_function():
    prompt = "#include <vector>\nint f(int n) {\n"
    text = "#include <vector>\n// Adds one,\n// and no more.\nint f(int n) {\n    return n + 1;\n}\n"
    check(CPP, prompt, f"```cpp\n{text}```\n", text, "answer, tree")


def test_cpp_definitions_of_every_kind_stay_where_they_are_used():
    check_answer(
        CPP,
        "#include<vector>\nint f(int n) {\n",
        """
 #include<vector>
 struct P { int n; };
 enum Kind { ODD, EVEN };
 typedef std::vector<P> Ps;
 int step(int n);
 template <typename T> T same(T a) { return a; }
 bool operator<(const P& a, const P& b) { return a.n < b.n; }
 static int counts[2] = {ODD, EVEN};
 int f(int n) {
     Ps ps;
     counts[0]++;
     return same(step(n));
 }
 int step(int n) { return n + 1; }
-struct Unused {};
-int unused() { return f(1); }
-int made = f(1);
-int main() { Unused u; return unused(); }
""",
    )


@pytest.mark.parametrize("end", ["}\n", "", "}\nint main() {\n    f(1);\n"])
def test_what_a_grammar_does_not_know_is_no_fault_of_the_function(end):
    prompt = "bool f(std::any n) {\n"
    body = "    if (n.type() == typeid(int)) {\n        return true;\n    }\n    return false;\n"
    check(CPP, prompt, body + end, prompt + body + "}\n", "tree")
