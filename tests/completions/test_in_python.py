"""Candidates out of what models write in Python: traps that real ones set, as diffs."""

from diffs import check_answer, check_completion

from kcoder.languages.python import PYTHON

PY = '''from typing import List


def f(n: int) -> int:
    """Add one."""
'''


def test_python_usage_goes():
    check_completion(
        PYTHON,
        PY,
        """
     return n + 1
-
-n = int(input())
-print(f(n))
""",
    )


def test_python_definitions_after_the_function_stay_where_it_uses_them():
    check_completion(
        PYTHON,
        PY,
        """
     return g(n)

 @cache
 def g(n):
     return n + STEP

 STEP = 1
-OTHER = f(1)
""",
    )


def test_a_python_import_after_the_function_stays_and_one_of_tests_goes():
    check_completion(
        PYTHON,
        PY,
        """
     return math.floor(n) + 1

 import math
-import unittest
-
-class T(unittest.TestCase):
-    pass
""",
    )


def test_a_variable_with_the_name_of_a_local_one_goes():
    check_completion(
        PYTHON,
        PY,
        """
     total = n
     return total + 1

-total = int(input())
""",
    )


def test_a_variable_that_the_function_calls_global_stays():
    check_completion(
        PYTHON,
        PY,
        """
     global count
     count += 1
     return n + count

 count = 0
""",
    )


def test_a_second_definition_of_the_function_goes():
    check_completion(
        PYTHON,
        PY,
        """
     return n + 1


-def f(n):
-    return n
""",
    )


def test_the_recursion_limit_stays():
    check_answer(
        PYTHON,
        PY,
        """
+from typing import List
 import sys
 sys.setrecursionlimit(10000)
 def f(n):
     return n + 1
""",
    )


def test_an_import_that_only_the_usage_needs_goes():
    check_answer(
        PYTHON,
        PY,
        """
-import sys
+from typing import List

 def f(n):
     return n + 1

-print(f(int(sys.argv[1])))
""",
    )


def test_an_import_that_nothing_needs_stays():
    check_answer(
        PYTHON,
        PY,
        """
+from typing import List
 import sys

 def f(n):
     return n + 1
""",
    )


def test_attributes_of_the_function_stay():
    check_answer(
        PYTHON,
        PY,
        """
+from typing import List
 @lru_cache(None)
 def f(n):
     return f.seen.get(n, n + 1)

 f.seen = {}
-seen = f(3)
""",
    )


def test_a_class_stays_where_it_is_used():
    check_answer(
        PYTHON,
        PY,
        """
+from typing import List
 class Node:
     pass

-class Unused(Node):
-    pass
-
 def f(n):
     return Node() and n + 1
""",
    )


def test_a_future_import_stays_first():
    check_answer(
        PYTHON,
        PY,
        """
 from __future__ import annotations
+from typing import List
 def f(n):
     return n + 1
""",
    )


def test_a_helper_that_the_prompt_defines_stays_although_the_answer_leaves_it_out():
    check_answer(
        PYTHON,
        "def g(n):\n    return n\n\n\ndef f(n):\n    '''Add one to g(n).'''\n",
        """
+def g(n):
+    return n
 def f(n):
     return n + 1
""",
    )
