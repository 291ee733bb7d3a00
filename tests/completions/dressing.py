"""Right programs in the habits of real models: a text as one might write it, and the program that it ought to be.

This knows nothing of how texts are cut. Programs are compared without their white space and what follows `comment`s.
"""

from dataclasses import dataclass

from programs import PROGRAMS
from styles import STYLES, indented

PROSE = "This function goes through what it is given, and its running time is linear.\n"


@dataclass(frozen=True)
class Dressed:
    text: str
    wanted: str


def dressed(language):
    """(form, program, Dressed) for every form and program of a language."""
    style = STYLES[language]
    for program in PROGRAMS[language]:
        for form in (*COMPLETIONS, *ANSWERS):
            if (found := form(style, program)) is not None:
                yield form.__name__, program, found


def completed(style, program, text, after=""):
    """A completion that is right up to its function's end, and whatever else."""
    prompt = style.prompt(program)
    return Dressed(text, prompt + style.body(program) + style.ends() + after + style.ending)


def fence(style, code, tag=""):
    return f"```{tag or style.tag}\n{code}```\n"


# ---- completions ----------------------------------------------------------------------------------------------


def as_it_is(style, program):
    return completed(style, program, style.body(program) + style.ends())


def ends_right_at_the_brace(style, program):
    return completed(style, program, (style.body(program) + style.ends()).rstrip())


def ends_before_the_brace(style, program):
    return completed(style, program, style.body(program).rstrip()) if style.close else None


def ends_its_file(style, program):
    return completed(style, program, style.body(program) + style.ends() + style.ending + "\n\n")


def has_windows_line_ends(style, program):
    text = style.body(program) + style.ends() + "\n" + style.whole_main(program)
    return completed(style, program, text.replace("\n", "\r\n"))


def is_indented_by_two(style, program):
    return completed(style, program, (style.body(program) + style.ends()).replace("    ", "  "))


def is_indented_by_tabs(style, program):
    return completed(style, program, (style.body(program) + style.ends()).replace("    ", "\t"))


def is_indented_by_four_more(style, program):
    if style.tag == "python":
        return None
    return completed(style, program, indented(style.body(program)) + style.ends() + style.ending)


def has_blank_lines(style, program):
    return completed(style, program, "\n" + style.body(program).replace("\n", "\n\n") + style.ends())


def _with(style, program, *lines):
    """The program with more lines at its body's start."""
    body = indented("".join(f"{line}\n" for line in lines), style.depth + 1) + style.body(program)
    prompt = style.prompt(program)
    return Dressed(body + style.ends() + style.whole_main(program), prompt + body + style.ends() + style.ending)


def holds_a_brace_as_a_character(style, program):
    return _with(style, program, style.hazards[0])


def holds_a_brace_in_a_text(style, program):
    return _with(style, program, style.hazards[1])


def holds_a_brace_in_a_comment(style, program):
    return _with(style, program, style.hazards[2])


def holds_odd_literals(style, program):
    return _with(style, program, style.hazards[3])


def holds_an_empty_block(style, program):
    return _with(style, program, style.hazards[4])


def holds_a_text_of_several_lines(style, program):
    first, *rest = style.multiline
    begins = indented(first, style.depth + 1)
    text = "\n".join([begins, *rest, ""]) + style.body(program) + style.ends()
    return Dressed(text + style.whole_main(program), style.prompt(program) + text + style.ending)


def comments_at_the_margin(style, program):
    text = f"{style.comment} first of all\n" + style.body(program) + f"{style.comment} done\n" + style.ends()
    # Python's function ends with its last statement
    wanted = text.removesuffix(f"{style.comment} done\n") + style.ending
    return Dressed(text + style.whole_main(program), style.prompt(program) + wanted)


def helper_follows(style, program):
    text = style.delegating(program) + style.ends() + "\n" + style.function(program, "helper")
    return Dressed(text, style.prompt(program) + text + style.ending)


def helper_follows_between_usage(style, program):
    text = style.delegating(program) + style.ends()
    helper = style.function(program, "helper")
    extra = style.whole_main(program)
    return Dressed(text + "\n" + extra + "\n" + helper + extra, style.prompt(program) + text + helper + style.ending)


def helper_of_a_helper_follows(style, program):
    text = style.delegating(program, "first") + style.ends()
    text += style.function(program, "first", style.delegating(program, "second")) + style.function(program, "second")
    unused = style.function(program, "third")
    return Dressed(text + unused, style.prompt(program) + text + style.ending)


def main_follows(style, program):
    return completed(style, program, style.body(program) + style.ends() + "\n" + style.whole_main(program))


def tests_follow(style, program):
    value, right = program.checks[0]
    told = {"call": style.called.format(entry=program.entry, value=value), "right": right, "entry": program.entry}
    tests = indented(style.own_tests.format(**told), style.depth)
    return completed(style, program, style.body(program) + style.ends() + "\n" + tests)


def usage_follows(style, program):
    usage = f"{style.comment} Example usage:\n" + 2 * style.usage(program)
    return completed(style, program, style.body(program) + style.ends() + "\n" + usage)


def breaks_off_in_main(style, program):
    main = style.whole_main(program).rstrip()
    return completed(style, program, style.body(program) + style.ends() + "\n" + main[: 2 * len(main) // 3])


def breaks_off_in_a_text(style, program):
    usage = indented(style.prints.format(call='"It is'), style.depth)
    return completed(style, program, style.body(program) + style.ends() + "\n" + usage[: usage.index("It is") + 5])


def goes_on_with_the_next_problem(style, program):
    another = style.doc() + style.begins(program, "another") + style.body(program)
    return completed(style, program, style.body(program) + style.ends() + "\n" + another[: 3 * len(another) // 4])


def repeats_itself(style, program):
    again = "\n" + style.doc() + style.function(program)
    return completed(style, program, style.body(program) + style.ends() + 3 * again)


def closes_a_fence(style, program):
    text = style.body(program) + style.ends() + style.ending
    return completed(style, program, text + f"```\n\n{PROSE}\n{fence(style, style.usage(program))}")


def ends_in_prose(style, program):
    return completed(style, program, style.body(program) + style.ends() + f"\n{PROSE}")


# ---- answers --------------------------------------------------------------------------------------------------


def answered(style, program, text, *before):
    """An answer whose program is the function, without the prompt's comment."""
    return Dressed(text, style.file(*before, style.function(program)))


def stands_in_a_fence(style, program):
    return answered(style, program, f"Sure!\n\n{fence(style, style.file(style.function(program)))}\n{PROSE}")


def stands_in_a_fence_with_the_prompt(style, program):
    code = style.prompt(program) + style.body(program) + style.ends() + style.ending
    return Dressed(fence(style, code) + PROSE, code)


def stands_in_a_fence_with_its_main(style, program):
    code = style.file(style.function(program), style.whole_main(program))
    return answered(style, program, f"Here is the function:\n{fence(style, code)}\n{PROSE}")


def stands_in_a_fence_with_tests(style, program):
    value, right = program.checks[0]
    told = {"call": style.called.format(entry=program.entry, value=value), "right": right, "entry": program.entry}
    code = style.file(style.function(program), indented(style.own_tests.format(**told), style.depth))
    return answered(style, program, fence(style, code))


def fence_is_never_closed(style, program):
    code = style.file(style.function(program), style.whole_main(program))
    return answered(style, program, f"```{style.tag}\n" + code.rstrip()[: -len(style.ending) - 8])


def fence_has_another_mark(style, program):
    return answered(style, program, f"~~~~ {style.tag.upper()}\n{style.file(style.function(program))}~~~~\n{PROSE}")


def fence_is_indented(style, program):
    if style.tag == "python":
        return None
    text = indented(fence(style, style.file(style.function(program))))
    return answered(style, program, f"1. The function goes through it:\n{text}\n2. That is all.\n")


def several_fences(style, program):
    told = fence(style, "npm install nothing\ncargo add nothing\n", "bash")
    usage = fence(style, style.usage(program))
    code = fence(style, style.file(style.function(program)))
    return answered(style, program, f"First say\n{told}\nThen\n\n{code}\nUse it like this:\n\n{usage}")


def usage_comes_first(style, program):
    usage = fence(style, style.usage(program))
    code = fence(style, style.file(style.function(program)))
    return answered(style, program, f"It is to be used like this:\n{usage}\nHere it is:\n\n{code}\n{PROSE}")


def fence_holds_the_body(style, program):
    return completed(style, program, f"The rest is:\n{fence(style, style.body(program) + style.ends())}{PROSE}")


def fence_holds_the_function_alone(style, program):
    return answered(style, program, f"{fence(style, style.doc() + style.function(program))}{PROSE}", style.doc())


def helper_comes_before(style, program):
    helper = style.function(program, "helper")
    code = style.file(helper, style.function(program, body=style.delegating(program)))
    return Dressed(f"Here:\n{fence(style, code)}", code)


def uses_a_constant(style, program):
    constant = indented(style.constant + "\n", style.depth)
    name = style.constant.split("=")[0].split(":")[0].split()[-1]
    body = indented(f"if {name} < 0 {{ }}\n" if style.tag == "rust" else "", style.depth + 1)
    if style.tag != "rust":
        used = {"java": "int unused = LIMIT;", "swift": "_ = limit", "js": "let unused = LIMIT;"}
        body = indented(used.get(style.tag, "unused = LIMIT") + "\n", style.depth + 1)
    function = style.function(program, body=body + style.body(program))
    unused = indented(style.constant.replace(name, "never"), style.depth) + "\n"
    text = fence(style, style.file(unused, constant, function, style.whole_main(program)))
    return Dressed(text, style.file(constant, function))


def is_public(style, program):
    code = style.file(style.function(program))
    for plain, public in style.public:
        code = code.replace(plain, public, 1)
    wanted = code if style.tag in ("rust", "swift") else style.file(style.function(program))
    return Dressed(fence(style, code), wanted) if style.public else None


def prose_without_fences(style, program):
    code = style.file(style.function(program))
    return answered(style, program, f"Here's the function, as it was asked for:\n\n{code}\n{PROSE}")


def written_anew_without_prose(style, program):
    return answered(style, program, style.file(style.function(program), style.whole_main(program)))


def class_has_another_name(style, program):
    code = style.file(style.function(program), style.whole_main(program)).replace(
        "class Problem", "public class Solution"
    )
    return answered(style, program, fence(style, code)) if style.tag == "java" else None


def lacks_the_imports(style, program):
    code = style.file(style.function(program))
    code = code[code.index("class") :] if style.tag == "java" else code
    return answered(style, program, fence(style, code)) if style.tag == "java" else None


def asks_whether_it_is_the_main_file(style, program):
    code = style.function(program) + f"\nif __FILE__ == $0\n  {style.usage(program)}end\n"
    return answered(style, program, fence(style, code)) if style.tag == "ruby" else None


def usage_that_does_not_parse(style, program):
    code = style.function(program) + "\nputs(has_it([1, 2] => [true false\n"
    return answered(style, program, fence(style, code)) if style.tag == "ruby" else None


COMPLETIONS = (
    as_it_is,
    ends_right_at_the_brace,
    ends_before_the_brace,
    ends_its_file,
    has_windows_line_ends,
    is_indented_by_two,
    is_indented_by_tabs,
    is_indented_by_four_more,
    has_blank_lines,
    holds_a_brace_as_a_character,
    holds_a_brace_in_a_text,
    holds_a_brace_in_a_comment,
    holds_odd_literals,
    holds_an_empty_block,
    holds_a_text_of_several_lines,
    comments_at_the_margin,
    helper_follows,
    helper_follows_between_usage,
    helper_of_a_helper_follows,
    main_follows,
    tests_follow,
    usage_follows,
    breaks_off_in_main,
    breaks_off_in_a_text,
    goes_on_with_the_next_problem,
    repeats_itself,
    closes_a_fence,
    ends_in_prose,
)
ANSWERS = (
    stands_in_a_fence,
    stands_in_a_fence_with_the_prompt,
    stands_in_a_fence_with_its_main,
    stands_in_a_fence_with_tests,
    fence_is_never_closed,
    fence_has_another_mark,
    fence_is_indented,
    several_fences,
    usage_comes_first,
    fence_holds_the_body,
    fence_holds_the_function_alone,
    helper_comes_before,
    uses_a_constant,
    is_public,
    prose_without_fences,
    written_anew_without_prose,
    class_has_another_name,
    lacks_the_imports,
    asks_whether_it_is_the_main_file,
    usage_that_does_not_parse,
)
