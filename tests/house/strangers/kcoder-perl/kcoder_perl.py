import shutil
import subprocess

from kcoder.errors import MachineLacksError
from kcoder.language import Language, Probe
from kcoder.records import Verdict

JSON = """
sub json { my ($v) = @_; return '[' . join(',', map { json($_) } @$v) . ']' if ref $v;
           return $v =~ /^-?\\d+$/ ? $v : '"' . $v =~ s/(["\\\\])/\\\\$1/gr . '"' }
"""
CALL = "use IO::Socket::INET; sub f { IO::Socket::INET->new('127.0.0.1:9') or die $! }"


class Perl(Language):
    def version(self):
        if not shutil.which("perl"):
            raise MachineLacksError("perl not found", self.install)
        return subprocess.run(["perl", "-e", "print $^V"], capture_output=True, text=True).stdout

    def program(self, code, entry, calls, mark):
        said = "".join(f"print '{mark}', json({entry}({', '.join(map(literal, c))})), \"\\n\";\n" for c in calls)
        return f"{code}\n{JSON}\n$| = 1;\n{said}"

    def command(self, file):
        return ["perl", str(file)]

    def verdict(self, status, stderr):
        return Verdict.OUT_OF_MEMORY if "Out of memory" in stderr else super().verdict(status, stderr)


def literal(value):
    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list | tuple) else repr(value)


CODE = {
    "right": "sub f { $_[0] + 1 }",
    "wrong": "sub f { 5 }",
    "crash": "sub f { die }",
    "endless": "sub f { 1 while 1 }",
}
CODE |= {"network": CALL, "memory": "sub f { my $x = 'x' x (3 << 30); length $x }"}
RIGHT = ["passed", "wrong answer", "runtime error", "timed out", "runtime error", "out of memory"]
PROBES = {n: Probe(code=c, verdict=Verdict(v)) for (n, c), v in zip(CODE.items(), RIGHT, strict=True)}
PERL = Perl(name="perl", suffixes=(".pl",), comment="#", install="apt install perl", stops=("\nsub ",), probes=PROBES)
