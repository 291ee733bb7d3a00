"""Run one Lua file in a fresh interpreter: `python -I -S runner.py FILE FOLDER`, with the folder lupa lies in.

The Lua side sees no Python: no `python` table, no attributes of Python objects.
"""

import posix
import sys

# lupa's own __init__ imports much that is not needed here: starting takes 13 ms of processor time without it, 18 with
package = type(sys)("lupa")
package.__path__ = [sys.argv[2]]
sys.modules["lupa"] = package
from lupa import lua54  # noqa: E402

LOAD = "function(code) local chunk, fault = load(code, '=candidate', 't') return fault, chunk end"


def refuse(obj, name, setting):
    raise AttributeError("Python cannot be reached from here")


def leave(message):
    """End with what Lua said; its bytes were read as latin-1."""
    sys.stderr.buffer.write(message.partition("\n")[0].encode("latin-1", "replace") + b"\n")
    sys.stderr.flush()
    posix._exit(1)


def main(path):
    with open(path, "rb") as file:  # noqa: PTH123 - importing pathlib takes longer than most programs
        code = file.read()
    lua = lua54.LuaRuntime(register_eval=False, register_builtins=False, attribute_filter=refuse, encoding="latin-1")
    lua.execute("python = nil; package.loaded.python = nil")
    fault, chunk = lua.eval(LOAD)(code)
    if chunk is None:
        leave(f"build failed: {fault}")
    try:
        chunk()
    except (lua54.LuaError, MemoryError) as error:
        leave(str(error) if isinstance(error, lua54.LuaError) and str(error) else type(error).__name__)
    posix._exit(0)


main(sys.argv[1])
