"""Small right programs in each of six languages."""

from programs.java import JAVA
from programs.javascript import JAVASCRIPT
from programs.python import PYTHON
from programs.ruby import RUBY
from programs.rust import RUST
from programs.swift import SWIFT

PROGRAMS = {"java": JAVA, "rust": RUST, "swift": SWIFT, "javascript": JAVASCRIPT, "ruby": RUBY, "python": PYTHON}
