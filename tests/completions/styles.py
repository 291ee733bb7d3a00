"""How programs are written in six languages: prompts, functions, mains and tests around a body."""

from dataclasses import dataclass, field

from programs.java import IMPORTS
from programs.program import Program


def indented(text, steps=1, by="    "):
    """Lines moved to the right; those of strings and empty ones as well as all others, as long as no one minds."""
    return "".join(by * steps + line if line.strip() else line for line in text.splitlines(keepends=True))


@dataclass(frozen=True)
class Style:
    tag: str
    #: the function's head: {entry}, {given}, {returns}
    head: str
    close: str = "}\n"
    comment: str = "//"
    #: before and after what a file defines, and how far its functions are indented
    opening: str = ""
    ending: str = ""
    depth: int = 0
    #: {call} in a body, and a call as a statement of its own whose value is printed
    gives: str = "return {call};"
    prints: str = "print({call})"
    called: str = "{entry}({value})"
    main: str = "{prints}\n"
    tests: str = ""
    check: str = ""
    #: statements that hold what could be taken for an end
    hazards: tuple[str, ...] = ()
    constant: str = ""
    public: tuple[tuple[str, str], ...] = ()
    own_tests: str = ""
    multiline: tuple[str, ...] = field(default=())

    def doc(self):
        return indented(f"{self.comment} What it does.\n{self.comment} >>> (1)\n", self.depth)

    def begins(self, program: Program, name=""):
        told = {"entry": name or program.entry, "given": program.given, "returns": program.returns}
        return indented(self.head.format(**told) + "\n", self.depth)

    def ends(self):
        return indented(self.close, self.depth)

    def body(self, program: Program):
        # what a string of several lines holds stands at the margin, in Python
        return program.body if not self.depth else indented(program.body, self.depth)

    def prompt(self, program: Program):
        return self.opening + self.doc() + self.begins(program)

    def function(self, program: Program, name="", body=""):
        return self.begins(program, name) + (body or self.body(program)) + self.ends()

    def file(self, *functions: str):
        return self.opening + "\n".join(functions) + self.ending

    def delegating(self, program: Program, name="helper"):
        call = (self.called_with or "{entry}({value})").format(entry=name, value=program.argument)
        return indented(self.gives.format(call=call) + "\n", self.depth + 1)

    @property
    def called_with(self):
        return "{entry}({value}: {value})" if self.tag == "swift" else ""

    def usage(self, program: Program):
        value, _ = program.checks[0]
        return self.prints.format(call=self.called.format(entry=program.entry, value=value)) + "\n"

    def whole_main(self, program: Program):
        return indented(self.main.format(prints=self.usage(program).strip()), self.depth)

    def test_program(self, program: Program):
        lines = [
            self.check.format(call=self.called.format(entry=program.entry, value=value), value=value, right=right)
            for value, right in program.checks
        ]
        return self.tests.format(entry=program.entry, checks="\n".join(lines))


STYLES = {
    "java": Style(
        tag="java",
        head="public static {returns} {entry}({given}) {{",
        opening=f"{IMPORTS}class Problem {{\n",
        ending="}\n",
        depth=1,
        prints="System.out.println({call});",
        main="public static void main(String[] args) {{\n    {prints}\n}}\n",
        tests="    }}\n    public static void main(String[] args) {{\n{checks}\n    }}\n\n}}\n",
        check="    assert(({call}) == {right});",
        hazards=(
            "char shut = '}';",
            'String shut = "}" + "\\"}";',
            "/* } */ // }",
            "int[] none = new int[]{};",
            "Runnable nothing = () -> { };",
        ),
        multiline=('String block = """', "    }", "}", '    """;'),
        constant="private static final int LIMIT = 3;",
        public=(("class Problem", "public class Problem"),),
        own_tests="public static void testIt() {{\n    assert {call} == {right};\n}}\n",
    ),
    "rust": Style(
        tag="rust",
        head="fn {entry}({given}) -> {returns} {{",
        prints='println!("{{:?}}", {call});',
        main="fn main() {{\n    {prints}\n}}\n",
        tests="}}\n\nfn main() {{\n    let candidate = {entry};\n{checks}\n}}\n",
        check="    assert_eq!(candidate({value}), {right});",
        hazards=(
            "let _shut = '}';",
            'let _shut = "}" ;',
            "/* } /* nested } */ */ // }",
            "let _life: &'static str = \"'\";",
            'let _shut = r#"}" }"#;',
        ),
        multiline=('let _block = "', "}", "    }", '";'),
        constant="const LIMIT: isize = 3;",
        public=(("fn ", "pub fn "),),
        own_tests="#[cfg(test)]\nmod tests {{\n    use super::*;\n\n    #[test]\n    fn it_works() {{\n"
        "        assert_eq!({call}, {right});\n    }}\n}}\n",
    ),
    "swift": Style(
        tag="swift",
        head="func {entry}({given}) -> {returns} {{",
        gives="return {call}",
        tests="}}\n\n\n{checks}\n",
        check="assert({call} == {right})",
        hazards=(
            'let shut: Character = "}"; _ = shut',
            'let shut = "}" + "\\("}")"; _ = shut',
            "/* } /* nested } */ */ // }",
            "let nothing = { (x: Int) in x }; _ = nothing",
            'let raw = #"}"}"#; _ = raw',
        ),
        multiline=('let block = """', "}", "    }", '"""; _ = block'),
        constant="let limit = 3",
        public=(("func ", "public func "),),
        own_tests="func test() {{\n    assert({call} == {right})\n}}\ntest()\n",
    ),
    "javascript": Style(
        tag="js",
        head="function {entry}({given}){{",
        prints="console.log({call});",
        tests="const assert = require('node:assert');\n\n\nfunction test() {{\n  let candidate = {entry};\n"
        "{checks}\n}}\n\ntest();\n",
        check="  assert.deepEqual(candidate({value}),{right});",
        hazards=(
            "const shut = '}';",
            "const shut = /[}\\]]/;",
            "/* } */ // }",
            "const shut = `}${'}'}`;",
            "const nothing = {};",
        ),
        multiline=("const block = `", "}", "    }", "`;"),
        constant="const LIMIT = 3;",
        public=(("function ", "export function "),),
        own_tests="const assert = require('assert');\n\nfunction test() {{\n"
        "    assert.strictEqual({call}, {right});\n}}\n\ntest();\nmodule.exports = {{ {entry} }};\n",
    ),
    "ruby": Style(
        tag="ruby",
        head="def {entry}({given})",
        close="end\n",
        comment="#",
        gives="{call}",
        prints="puts {call}.inspect",
        tests="require 'test/unit'\nclass TestHumanEval < Test::Unit::TestCase\n  def test_{entry}\n"
        "    candidate = method(:{entry})\n{checks}\n  end\nend\n",
        check="    assert_equal({right}, candidate.call({value}))",
        hazards=(
            "shut = 'end'",
            "shut = %w(end end)",
            "# end",
            "shut = :end if true",
            'shut = "#{[1].map do |x| x end}"',
        ),
        multiline=("block = <<~TEXT", "  end", "end", "TEXT"),
        constant="LIMIT = 3",
        own_tests="require 'minitest/autorun'\n\nclass TestIt < Minitest::Test\n  def test_it\n"
        "    assert_equal {right}, {call}\n  end\nend\n",
    ),
    "python": Style(
        tag="python",
        head="def {entry}({given}):",
        close="",
        comment="#",
        gives="return {call}",
        main='if __name__ == "__main__":\n    {prints}\n',
        tests="def check(candidate):\n{checks}\n\ncheck({entry})\n",
        check="    assert candidate({value}) == {right}",
        hazards=(
            "shut = 'def f():'",
            "shut = {'}': '}'}",
            "# }",
            "shut = [\n1,\n]",
            "shut = lambda: None",
        ),
        multiline=('block = """', "at the margin", "def f(): pass", '"""'),
        constant="LIMIT = 3",
        own_tests="def check(candidate):\n    assert {call} == {right}\n\ncheck({entry})\n",
    ),
}
