"""Files that a program may not reach, tried by a process that has shut itself in."""

import subprocess
import sys

import pytest

from kcoder.isolation import landlock

TRY = """
import os, socket, sys
from kcoder.isolation import landlock
mine, outside, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
landlock.restrict([os.path.dirname(os.__file__), "/nowhere"], [mine])
def tried(what):
    try:
        what()
        return "allowed"
    except PermissionError:
        return "refused"
    except OSError as error:
        return error.strerror
print(
    tried(lambda: open(mine + "/a", "w").close()),
    tried(lambda: open(os.__file__).close()),
    tried(lambda: open(os.__file__, "a").close()),
    tried(lambda: open(outside).close()),
    tried(lambda: os.rename(mine + "/a", outside + ".b")),
    tried(lambda: os.listdir("/")),
)
"""


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no landlock")
def test_only_what_was_named_can_be_reached(tmp_path):
    mine, outside = tmp_path / "mine", tmp_path / "outside"
    mine.mkdir()
    outside.write_text("secret")
    done = subprocess.run(
        [sys.executable, "-c", TRY, str(mine), str(outside), "1"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["allowed", "allowed", "refused", "refused", "refused", "refused"]
