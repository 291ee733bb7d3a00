"""`python -m kcoder` is `kcoder`."""

from kcoder.cli import main

main()
