from kcoder.language import Language, Probe, Program, Tests
from kcoder.records import Verdict
from kcoder.toolchain import program, told_version

JSON = r"""
sub json { my $v = shift; ref $v ? '[' . join(',', map { json($_) } @$v) . ']' : $v =~ /^-?\d+$/ ? $v : qq("$v") }
"""
PROBES = """
right | passed | sub f { $_[0] + 1 }
wrong | wrong answer | sub f { 5 }
crash | runtime error | sub f { die }
endless | timed out | sub f { 1 while 1 }
network | sandbox denied | use IO::Socket; sub f { IO::Socket::INET->new('127.1:9') or $!{ECONNREFUSED} or die; 2 }
memory | out of memory | sub f { my $x = 'x' x (3 << 30); length $x }
"""


class Perl(Language):
    def version(self):
        return told_version(program("perl", "perl", self.install), "perl", "-e", "print $^V")

    def program(self, code, tests, mark):
        said = f"{JSON}\nsub say_value {{ print '{mark}', json(@_), \"\\n\" }}\n$| = 1;\n{tests.text}"
        return Program({"a.pl": f"{code}\n{said}"}, (("perl", "a.pl"),))

    def calls(self, entry, calls):
        sources = tuple(f"{entry}({', '.join(map(literal, arguments))})" for arguments, _ in calls)
        return Tests("".join(f"say_value({s});\n" for s in sources), tuple(right for _, right in calls), sources)

    def verdict(self, status, stderr):
        return Verdict.OUT_OF_MEMORY if "Out of memory" in stderr else super().verdict(status, stderr)


literal = lambda v: f"[{', '.join(map(literal, v))}]" if isinstance(v, list | tuple) else repr(v)  # noqa: E731
PROBED = {n: Probe(code=c, verdict=v) for n, v, c in (p.split(" | ") for p in PROBES.strip().splitlines())}
PERL = Perl(name="perl", suffixes=(".pl",), comment="#", install="apt install perl", probes=PROBED)
