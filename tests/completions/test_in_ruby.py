"""Candidates out of what models write in Ruby: traps that real ones set, as diffs."""

from diffs import check_answer, check_completion

from kcoder.languages.ruby import RUBY

RB = "# Adds one.\ndef f(n)\n"


def test_ruby_usage_and_libraries_of_tests_go():
    check_answer(
        RUBY,
        RB,
        """
 require 'set'
-require 'minitest/autorun'
-STEP = 1
 def f(n)
   n + 1
 end
-n = 3
-puts f(n)
""",
    )


def test_ruby_usage_that_does_not_parse_goes():
    check_answer(
        RUBY,
        RB,
        """
 def f(n)
   n + 1
 end
-puts(f([1 => 2)
-assert_equal f(1), 2
""",
    )


def test_a_ruby_class_that_is_opened_again_stays_and_one_of_tests_goes():
    check_answer(
        RUBY,
        RB,
        """
 class Integer
   def up; self + 1; end
 end

 def f(n)
   n.up
 end

-class T < Test::Unit::TestCase
-end
""",
    )


def test_ruby_constants_and_private_methods_stay_where_they_are_used():
    check_answer(
        RUBY,
        RB,
        """
 P = Struct.new(:n)
 private def g(n)
   P.new(n + STEP).n
 end
 def f(n) = g(n)
 STEP = 1
-__END__
-puts f(1)
""",
    )


def test_ruby_bodies_with_blank_lines_and_here_documents_are_whole():
    check_completion(
        RUBY,
        RB,
        """
   text = <<~END
     end
   END

   # done

   text ? n + 1 : 0
 end

-puts f(1)
""",
    )
