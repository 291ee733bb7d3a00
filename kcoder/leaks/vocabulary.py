"""Names that renaming leaves alone, by what begins a comment: languages that share it are read alike."""

from __future__ import annotations

from collections.abc import Mapping

# Ruby's `end`, `begin`, `next`, `then`, ... are names in Python programs: as keywords they could not be renamed, and a
# copy with another name for `end` was missed. In Ruby they are renamed into themselves, which loses nothing.
_PYTHON_AND_RUBY = """
False None True and as assert async await break class continue def del do elif else elsif ensure except finally for
from global if import in is lambda nil nonlocal not or pass raise require rescue return self super true false undef
unless until while with yield
"""
_BRACES = """
abstract as async await auto bool boolean break byte case catch char chan class const constexpr continue default defer
delete do double dyn else enum export extends extern f32 f64 fallthrough false final finally float float32 float64 fn
for foreach func function go goto guard i16 i32 i64 i8 if impl implements import in inout init inline instanceof int
int32 int64 interface isize let long loop map match mod move mut namespace new nil null nullptr operator override
package private protected pub public range ref repeat return select self short signed sizeof static str string struct
super switch template this throw throws trait try type typedef typename typeof u16 u32 u64 u8 uint undefined union
unsafe unsigned use using usize var virtual void volatile where while yield
"""
_LUA = "and break do else elseif end false for function goto if in local nil not or repeat return then true until while"

KEYWORDS: Mapping[str, frozenset[str]] = {
    "#": frozenset(_PYTHON_AND_RUBY.split()),
    "//": frozenset(_BRACES.split()),
    "--": frozenset(_LUA.split()),
}

_PYTHON_AND_RUBY_CALLED = """
abs all any ascii attr_accessor attr_reader bin bool bytearray bytes callable chr complex delattr dict dir divmod
enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance
issubclass iter lambda len list locals map max memoryview min next object oct open ord pow print proc property puts
range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip
"""
_BRACES_CALLED = """
abs any append assert cap ceil clear close contains copy delete drop eprintln floor format free isalpha isdigit
islower isupper len make malloc max memcpy memset min move panic parseFloat parseInt pow print printf println recover
require reverse round sizeof sort sqrt stod stoi stride swap to_string tolower toupper vec zip
"""
_LUA_CALLED = (
    "assert error ipairs next pairs pcall print rawget rawset require select setmetatable tonumber tostring type unpack"
)

BUILTINS: Mapping[str, frozenset[str]] = {
    "#": frozenset(_PYTHON_AND_RUBY_CALLED.split()),
    "//": frozenset(_BRACES_CALLED.split()),
    "--": frozenset(_LUA_CALLED.split()),
}
