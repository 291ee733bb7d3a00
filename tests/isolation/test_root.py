"""What a program finds in its root: toolchains to read, a folder of its own to write."""

import pytest

from kcoder.isolation.client import Launcher, Room
from kcoder.isolation.proof import proven
from kcoder.isolation.values import heard

LIMITS = {"seconds": 10, "memory": 500, "files": 64, "processes": 32, "output": 100}
LOOK = """
import os
def f():
    def tried(what):
        try:
            what()
            return "done"
        except OSError as error:
            return error.strerror
    return {
        "top": sorted(os.listdir("/")),
        "here": os.getcwd(),
        "users": open("/etc/passwd").read().count("\\n"),
        "processes": [p for p in os.listdir("/proc") if p.isdigit()],
        "/usr": tried(lambda: open("/usr/x", "w")),
        "/": tried(lambda: os.mkdir("/x")),
        "/tmp": tried(lambda: open("/tmp/x", "w")),
        "null": tried(lambda: open("/dev/null", "w").write("x")),
        "full": tried(lambda: [open(str(n), "wb").write(bytes(1 << 20)) for n in range(20)]),
    }
"""


@pytest.fixture
def look():
    if why := proven("namespaces"):
        pytest.skip(f"namespaces do not hold here: {why}")
    opened = []

    def launch(**room):
        opened.append(Launcher(Room("namespaces", **room)))
        return opened[-1]

    yield launch
    for launcher in opened:
        launcher.close()


def said(launcher, code=LOOK):
    [told] = launcher.ask({"code": code, "tests": "say(f())", **LIMITS}, 60)["said"]
    return heard(told)


def test_a_program_sees_toolchains_and_writes_into_its_own_folder_alone(look):
    found = said(look(disk=8))
    assert {"usr", "proc", "dev", "tmp", "program"} <= set(found["top"])
    assert not {"var", "mnt", "srv", "sys"} & set(found["top"])
    assert (found["here"], found["users"]) == ("/program", 2)
    assert len(found["processes"]) <= 3
    assert found["/usr"] == found["/"] == "Read-only file system"
    assert found["null"] == "done"
    assert found["full"] == "No space left on device"


def test_each_program_finds_its_folder_empty(look):
    code = "import os\nfound = os.listdir()\nopen('mine', 'w').close()\ndef f(): return found + os.listdir()\n"
    launcher = look()
    assert [said(launcher, code) for _ in range(2)] == [["mine"], ["mine"]]


def test_a_path_that_is_named_can_be_read_where_it_stands(look, tmp_path):
    (tmp_path / "jar").write_text("classes")
    tmp_path.chmod(0o755)
    code = f"def f(): return open({str(tmp_path / 'jar')!r}).read()\n"
    assert said(look(paths=(str(tmp_path),)), code) == "classes"


def test_an_image_takes_the_place_of_the_machines_own_files(look, tmp_path):
    for name in ("bin", "etc", "opt"):
        (tmp_path / name).mkdir()
    (tmp_path / "bin" / "tool").write_text("#!")
    (tmp_path / "etc" / "passwd").write_text("image\n")
    code = (
        "import os\ndef f(): return [sorted(os.listdir('/')), os.listdir('/bin'), open('/etc/passwd').read(),"
        " os.access('/opt', os.W_OK)]\n"
    )
    top, tools, users, writable = said(look(image=str(tmp_path)), code)
    assert {"bin", "etc", "opt", "program"} <= set(top)
    assert "usr" not in top
    assert (tools, users, writable) == (["tool"], "image\n", False)
