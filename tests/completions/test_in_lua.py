"""Candidates out of what models write in Lua: traps that real ones set, as diffs."""

import importlib.util

import pytest
from diffs import check_answer

PROMPT = "-- Adds one.\nlocal function f(n)\n"

needs_lua = pytest.mark.skipif(not importlib.util.find_spec("kcoder_lua"), reason="kcoder-lua is not installed")


@needs_lua
@pytest.mark.parametrize(
    "diff",
    [
        """
 local function f(n)
   return n + 1
 end

-print(f(1))
-return f
""",
        """
-local lu = require('luaunit')
 local step = 1
 function g(n) return n + step end
-local result = f(1)
 local function f(n)
   local result = g(n)
   return result
 end
-TestF = {}
-function TestF:test() lu.assertTrue(f(1)) end
-os.exit(lu.LuaUnit.run())
""",
        """
 local M = {}
 function M.g(n) return n + 1 end
 local f = function(n) return M.g(n) end
-return { f = f }
""",
        """
 function string.up(s) return s .. "1" end
 local function f(n) return tonumber(("" .. n):up()) end
""",
    ],
)
def test_lua_answers_end_without_a_return(diff):
    from kcoder_lua import LUA

    check_answer(LUA, PROMPT, diff)
