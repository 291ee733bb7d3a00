import pytest

from kcoder.expressions.go import begins, imported, read_tests
from kcoder.language import END

TABLE = """func TestF(t *testing.T) {
  candidate := f
	type test struct {
		actual   interface{}
		expected interface{}
	}
   tests := []test{
     { actual: candidate([]int{1, 2}, "a,}"), expected: []interface{}{nil, -1} },
     { actual: candidate(nil), expected: map[string]int{"a": 1} },
     { actual: candidate(1), expected: map[string]int{} },
     { actual: candidate(2), expected: [][]int{[]interface{}{0, 1}, []interface{}{}} },
     { actual: candidate(3), expected: other(3) },
     { actual: candidate(4), expected: "it's" },
     { actual: candidate(5), expected: 'x' },
   }

	for i, tc := range tests {
		t.Run(fmt.Sprintf("test num % d", i), func(t *testing.T) {
			if fmt.Sprintf("%v", tc.actual) != fmt.Sprintf("%v", tc.expected) {
				t.Errorf("expected '%s', got '%s'", tc.expected, tc.actual)
			}
		})
	}
}
"""


def test_a_table_of_multipl_e_says_what_was_given():
    tests = read_tests(TABLE)
    assert tests.expected == ([None, -1], {"a": 1}, {}, [[0, 1], []], True, "it's", True)
    assert tests.sources[0] == 'candidate([]int{1, 2}, "a,}")'
    assert tests.sources[4] == 'fmt.Sprintf("%v", candidate(3)) == fmt.Sprintf("%v", other(3))'
    assert 'kcoder__say(candidate([]int{1, 2}, "a,}"))\n' in tests.text
    assert "tc.actual" not in tests.text
    assert tests.text.endswith("func kcoder__tests() {\n\tTestF(nil)\n}\n")


def test_imports_of_what_was_edited_away_are_still_used():
    assert "_ = fmt.Sprint\n" in read_tests(TABLE).text


TESTIFY = """func TestAdd(t *testing.T) {
    assert := assert.New(t)
    assert.Equal([]string{"a"}, Add(0, 1)) // assert.Equal(1, Add(1, 0))
    assert.Equal(Sub(1), Add(1, 0), "message")
    for i := 0; i < 3; i++ {
        assert.Equal(i, Add(i, 0))
    }
}
"""


def test_comparisons_of_testify_say_values_or_are_made_in_the_program():
    tests = read_tests(TESTIFY)
    assert tests.expected == (["a"], True, END)
    assert tests.sources == ("Add(0, 1)", "kcoder__equal(Sub(1), Add(1, 0))")
    assert 'kcoder__check(kcoder__equal(i, Add(i, 0)), "Add(i, 0) == i")' in tests.text
    assert "assert." not in tests.text
    assert "kcoder__end()\n}" in tests.text


def test_other_tests_are_run_by_the_testing_package():
    tests = read_tests('func TestF(t *testing.T) {\n\tif f(1) != 2 {\n\t\tt.Fatal("no")\n\t}\n}\n')
    assert tests.expected is None
    assert "testing.Main(" in tests.text
    assert tests.text.count("kcoder__end()") == 1


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ("func f() {}", "no such function"),
        ("func TestF(t *testing.T) {\n", "not closed"),
        ("func TestF(t *testing.T) {\n\tassert.Contains(f(1), 2)\n}", "assert.Contains"),
    ],
)
def test_what_is_no_known_test_is_refused(tests, said):
    with pytest.raises(ValueError, match=said):
        read_tests(tests)


PROGRAM = """package main

import (
    "testing"
    "github.com/stretchr/testify/assert"
)
import (
    "math"
    str "strings"
)
import "os"
import un "unicode"

// math.Pi
func F(x []string) int { return len(str.Join(sort.StringSlice(x), "fmt.")) + os.Getpid() }
"""


def test_parts_of_a_program_import_once_what_it_uses():
    made = imported(PROGRAM, "func TestF(t *testing.T) { rand.Int() }")
    first, rest = made.split("\n", 1)
    assert (
        first
        == 'package main; import  "math/rand"; import  "os"; import  "sort"; import str "strings"; import  "testing"; '
    )
    assert len(made.splitlines()) == len(PROGRAM.splitlines())
    assert rest.count("import") == 0
    assert PROGRAM.splitlines()[-1] == made.splitlines()[-1]


def test_what_the_driver_calls_is_a_function():
    assert begins("a()", "b()") == "func kcoder__tests() {\n\ta()\n\tb()\n}\n"
