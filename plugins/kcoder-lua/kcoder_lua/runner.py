"""Run one Lua file in a fresh interpreter: `python -I runner.py FILE`.

The Lua side sees no Python: no `python` table, no attributes of Python objects.
"""

import sys
from pathlib import Path

from lupa import lua54


def refuse(obj, name, setting):
    raise AttributeError("Python cannot be reached from here")


def main(path):
    code = Path(path).read_bytes()
    lua = lua54.LuaRuntime(register_eval=False, register_builtins=False, attribute_filter=refuse, encoding="latin-1")
    lua.execute("python = nil; io.stdout:setvbuf('line')")
    try:
        lua.execute(code)
    except lua54.LuaSyntaxError as error:
        sys.exit(f"LuaSyntaxError: {error}")
    except (lua54.LuaError, MemoryError) as error:
        sys.exit(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
    lua.execute("io.stdout:flush()")


main(sys.argv[1])
