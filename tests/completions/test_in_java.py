"""Candidates out of what models write in Java: traps that real ones set, as diffs."""

from diffs import check, check_answer, check_completion

from kcoder.languages.java import JAVA

JV = """\
import java.util.*;
class Problem {
    // Adds one.
    public static long f(long n) {
"""


def test_a_java_class_after_the_prompts_goes_before_it():
    text = """\
        return new Box(n).n;
    }
}

class Box {
    long n;
    Box(long n) { this.n = n + 1; }
}
"""
    wanted = """\
import java.util.*;
class Box {
    long n;
    Box(long n) { this.n = n + 1; }
}
class Problem {
    // Adds one.
    public static long f(long n) {
        return new Box(n).n;
    }
}
"""
    check(JAVA, JV, text, wanted, "tree")


def test_java_methods_of_one_name_stay():
    check_completion(
        JAVA,
        JV,
        """
         return f(n, 1);
     }
     static long f(long n, long step) {
         return n + step;
     }
+}
""",
    )


def test_a_java_field_that_holds_what_the_method_gives_goes():
    check_completion(
        JAVA,
        JV,
        """
         return n + STEP;
     }
     static final long STEP = 1, NEVER = 2;
-    static long seen = f(2);
+}
""",
    )


def test_java_mains_and_tests_go():
    check_answer(
        JAVA,
        JV,
        """
-import org.junit.Test;
-public class Problem {
+import java.util.*;
+class Problem {
     public static long f(long n) {
         return n + 1;
     }
-    public static void main(String[] args) {
-        System.out.println(f(1));
-    }
-    @Test
-    public void test() { }
 }
""",
    )


def test_a_java_class_of_another_name_takes_the_prompts():
    check_answer(
        JAVA,
        JV,
        """
-public class Adder {
-    static Adder made = new Adder();
+import java.util.*;
+class Problem {
+    static Problem made = new Problem();
     static long f(long n) {
-        return made == null ? 0 : Adder.class == null ? 0 : n + 1;
+        return made == null ? 0 : Problem.class == null ? 0 : n + 1;
     }
 }
""",
    )


def test_java_methods_without_a_class_are_put_into_the_prompts():
    check_answer(
        JAVA,
        JV,
        """
+import java.util.*;
+class Problem {
     public static long f(long n) {
         return n + 1;
     }
-    public static void main(String[] args) {
-        System.out.println(f(1));
-    }
-record Pair(int a, int b) { }
+}
""",
    )


def test_a_java_class_with_nothing_but_a_main_goes():
    check_answer(
        JAVA,
        JV,
        """
-class Main {
-    public static void main(String[] args) {
-        System.out.println(Solution.f(1));
-    }
-}
-class Solution {
+import java.util.*;
+class Problem {
     public static long f(long n) {
         return n + 1;
     }
 }
""",
    )


def test_a_java_class_is_set_up_and_not_tried():
    check_answer(
        JAVA,
        JV,
        """
+import java.util.*;
 class Problem {
     static final Map<Long, Long> SEEN = new HashMap<>();
     static { SEEN.put(1L, 2L); }
-    static { System.out.println(f(1)); }
     static long f(long n) { return SEEN.get(n); }
 }
""",
    )
