import shutil
import subprocess

from kcoder.errors import MachineLacksError
from kcoder.language import Language, Probe, Program, Tests
from kcoder.records import Verdict

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
        if perl := shutil.which("perl"):
            return subprocess.run([perl, "-e", "print $^V"], capture_output=True, text=True).stdout
        raise MachineLacksError("perl not found", self.install)

    def program(self, code, tests, mark):
        said = f"sub say_value {{ print '{mark}', json(@_), \"\\n\" }}"
        return Program({"a.pl": f"{code}\n{JSON}\n{said}\n$| = 1;\n{tests.text}"}, (("perl", "a.pl"),))

    def calls(self, entry, calls):
        sources = tuple(f"{entry}({', '.join(map(literal, arguments))})" for arguments, _ in calls)
        said = "".join(f"say_value({source});\n" for source in sources)
        return Tests(said, tuple(right for _, right in calls), sources)

    def verdict(self, status, stderr):
        return Verdict.OUT_OF_MEMORY if "Out of memory" in stderr else super().verdict(status, stderr)


literal = lambda v: f"[{', '.join(map(literal, v))}]" if isinstance(v, list | tuple) else repr(v)  # noqa: E731
PROBED = {n: Probe(code=c, verdict=v) for n, v, c in (p.split(" | ") for p in PROBES.strip().splitlines())}
PERL = Perl(name="perl", suffixes=(".pl",), comment="#", install="apt install perl", probes=PROBED)
