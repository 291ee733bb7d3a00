"""What commands that run programs share: how programs are kept in, and how many are judged."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

kept_in: Callable[[Any], Any] = click.option(
    "--sandbox",
    type=click.Choice(["auto", "namespaces", "landlock", "none"]),
    default="auto",
    show_default=True,
    envvar="KCODER_SANDBOX",
    help="How programs are kept in; none only where nothing can be lost.",
)


@contextmanager
def counting() -> Iterator[Callable[[str], None]]:
    """What shows how far the work has come, on one line of a terminal that is empty again at the end."""
    moving = sys.stderr.isatty()
    try:
        yield lambda line: click.echo(f"\r\x1b[K{line}", nl=False, err=True) if moving else None
    finally:
        if moving:
            click.echo("\r\x1b[K", nl=False, err=True)
