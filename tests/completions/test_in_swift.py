"""Candidates out of what models write in Swift: traps that real ones set, as diffs."""

import pytest
from diffs import check_answer, check_completion

from kcoder.languages.swift import SWIFT

SW = """\
extension Int: Error {}
extension [Int]: Error {}

/// Adds one.
func f(n: Int) -> Result<Int, [Int]> {
"""


@pytest.mark.parametrize(
    "diff",
    [
        """
+extension Int: Error {}
+extension [Int]: Error {}
 func f(n: Int) -> Result<Int, [Int]> {
     return .success(n + 1)
 }
""",
        """
 extension Array: Error where Element == Int {}
 extension Int: Error {}
 func f(n: Int) -> Result<Int, [Int]> {
     return .success(n + 1)
 }
""",
        """
 import Foundation
+extension Int: Error {}
+extension [Int]: Error {}
 func f(n: Int) -> Result<Int, [Int]> {
     return .success(n + 1)
 }

-assert(f(n: 1) == .success(2))
-for i in 0..<3 { print(i) }
-@main
-struct Main {
-    static func main() { }
-}
""",
    ],
)
def test_swift_answers_say_the_prompts_preamble_once_however_it_is_spelt(diff):
    check_answer(SWIFT, SW, diff)


def test_swift_extensions_and_operators_stay_without_being_named():
    check_completion(
        SWIFT,
        "func f(n: Int) -> Int {\n",
        """
     return n.up ** 1
 }

 extension Int {
     var up: Int { self + 1 }
 }
 infix operator **
 func ** (a: Int, b: Int) -> Int { a * b }
-print(f(n: 1))
""",
    )
