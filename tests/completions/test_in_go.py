"""Candidates out of what models write in Go: traps that real ones set, as diffs."""

from diffs import check_answer, check_completion

from kcoder.languages.go import GO

GOP = """\
package f_test

import (
    "testing"
    "fmt"
)

// Adds one.
func f(n []string) int {
"""


def test_go_imports_of_a_main_go_with_it():
    check_answer(
        GO,
        GOP,
        """
-package main
-
-import (
-\t"fmt"
-\t"os"
-\t"strings"
-)
+package f_test
+import "testing"
+import "fmt"

 func f(n []string) int {
 \treturn len(n) + 1
 }

-func main() {
-\tfmt.Println(os.Args, strings.ToUpper("a"))
-}
""",
    )


def test_a_go_import_that_nothing_needs_stays_and_is_the_answers_fault():
    check_answer(
        GO,
        GOP,
        """
+package f_test
+import "testing"
+import "fmt"
 import "sort"
 func f(n []string) int {
 \treturn len(n) + 1
 }
""",
    )


def test_a_go_parameter_with_a_packages_name_is_no_use_of_it():
    check_answer(
        GO,
        GOP,
        """
-import "strings"
+package f_test
+import "testing"
+import "fmt"
 func f(strings []string) int {
 \treturn len(strings)
 }
-func main() { strings.ToUpper("a") }
""",
    )


def test_go_imports_under_another_name_stay_where_that_is_used():
    check_answer(
        GO,
        GOP,
        """
-import (
-\tm "math"
-\t"math/rand"
-)
+package f_test
+import "testing"
+import "fmt"
+import m "math"
 type P struct{ n int }
 func (p P) up() float64 { return m.Abs(1) }
 func f(n []string) int {
 \tseen := map[string]struct{}{}
 \treturn len(seen) + P{1}.n
 }
-var r = rand.Int()
""",
    )


def test_go_usage_and_tests_go():
    check_answer(
        GO,
        GOP,
        """
+package f_test
+import "testing"
+import "fmt"
 func f(n []string) int {
 \treturn len(n) + 1
 }

-fmt.Println(f(nil))
-func TestF(t *testing.T) {
-\tt.Log(f(nil))
-}
-func Example() {}
""",
    )


def test_a_struct_within_a_go_type_ends_nothing():
    check_completion(
        GO,
        GOP,
        """
 \tseen := map[string]struct{}{}
 \tfor _, s := range n {
 \t\tseen[s] = struct{}{}
 \t}
 \treturn len(seen)
 }

-func TestF(t *testing.T) {}
""",
    )


def test_go_imports_that_serve_no_test_are_added_only_where_they_are_used():
    check_answer(
        GO,
        'import (\n    "math"\n    "sort"\n)\n\nfunc f(n []string) int {\n',
        """
 import "sort"
 func f(n []string) int {
 \tsort.Strings(n)
 \treturn 1
 }
""",
    )
