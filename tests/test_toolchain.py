"""Where a compiler is looked for, and what is said where it is not."""

import sys

import pytest

from kcoder import toolchain
from kcoder.errors import MachineLacksError, UsageError


@pytest.fixture
def configured(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("KCODER_TOOLCHAIN_SWIFT", raising=False)
    file = tmp_path / "kcoder" / "config.yaml"
    file.parent.mkdir()
    return file


def test_an_image_is_named_by_the_environment_or_the_configuration(configured, tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert toolchain.image("swift") is None
    configured.write_text(f"toolchains:\n  swift: {{root: {tmp_path / 'a'}}}\n")
    assert toolchain.image("swift") == str(tmp_path / "a")
    assert toolchain.image("java") is None
    monkeypatch.setenv("KCODER_TOOLCHAIN_SWIFT", str(tmp_path / "b"))
    assert toolchain.image("swift") == str(tmp_path / "b")


def test_an_image_that_is_no_folder_is_an_error(configured, monkeypatch):
    monkeypatch.setenv("KCODER_TOOLCHAIN_SWIFT", "/no/such/folder")
    with pytest.raises(UsageError, match="KCODER_TOOLCHAIN_SWIFT names /no/such/folder, which is no folder"):
        toolchain.image("swift")


@pytest.mark.parametrize("text", ["[1", "toolchains: 3\n", "toolchains: {swift: DIR}\n", "nothing: 1\n"])
def test_a_configuration_that_cannot_be_read_is_an_error_with_its_file(configured, text):
    configured.write_text(text)
    with pytest.raises(UsageError, match=r"config\.yaml"):
        toolchain.image("swift")


def test_a_program_is_found_on_the_path_or_in_the_image(configured, tmp_path, monkeypatch):
    assert toolchain.program("sh", "shell", "").endswith("/sh")
    (tmp_path / "root/usr/bin").mkdir(parents=True)
    (tmp_path / "root/usr/bin/swiftc").touch()
    monkeypatch.setenv("KCODER_TOOLCHAIN_SWIFT", str(tmp_path / "root"))
    assert toolchain.program("swiftc", "swift", "") == "/usr/bin/swiftc"
    with pytest.raises(MachineLacksError, match="swift-frontend, which swift needs, was not found in ") as lacks:
        toolchain.program("swift-frontend", "swift", "apt install swiftlang")
    assert lacks.value.hint == "apt install swiftlang"


def test_a_program_that_is_nowhere_is_what_the_machine_lacks(configured):
    with pytest.raises(MachineLacksError, match="zigc, which zig needs, was not found"):
        toolchain.program("zigc", "zig", "apt install zig")


def test_a_version_is_the_first_line_a_program_says(configured):
    assert toolchain.told_version(sys.executable, "python", "--version").startswith("Python 3")


@pytest.mark.parametrize(("script", "said"), [("exit 3", "it says nothing"), ("echo broken >&2; exit 1", "broken")])
def test_a_toolchain_that_does_not_work_is_told(configured, tmp_path, script, said):
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    with pytest.raises(MachineLacksError, match=f"does not tell its version: {said}"):
        toolchain.told_version(str(tool), "zig", "--version")
