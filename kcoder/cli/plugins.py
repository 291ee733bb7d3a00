"""`kcoder plugins`: what is installed, and whether it keeps its contract."""

from __future__ import annotations

from pathlib import Path

import click

from kcoder.errors import KcoderError, UsageError, choice
from kcoder.plugin import GROUPS, distribution, names, registered


@click.command("plugins")
@click.argument("group", required=False)
@click.argument("name", required=False)
def command(group: str | None, name: str | None) -> None:
    """List plugins, all of them or those of GROUP; `kcoder plugins test NAME` runs the conformance kit on one.

    Listing reads package metadata; no plugin is imported.
    """
    if group == "test":
        if not name:
            raise UsageError("kcoder plugins test: which plugin?", "for example kcoder plugins test python")
        _test(name)
        return
    if group and group not in GROUPS:
        raise UsageError(f"there is no group {group}", choice(group, GROUPS))
    for each in [group] if group else GROUPS:
        click.echo(f"{each}  {GROUPS[each][1]}")
        for plugin in names(each):
            point = registered(each)[plugin]
            package = distribution(point)
            click.echo(f"  {plugin:<22}{point.value}{'' if package == 'kcoder' else f'   from {package}'}")


def _test(name: str) -> None:
    from kcoder.conformance import test_plugin
    from kcoder.host import Host

    group, _, bare = name.rpartition("/")
    groups = [g for g in GROUPS if bare in names(g) and (not group or g == group)]
    if not groups:
        everything = {n for g in GROUPS for n in names(g)}
        raise UsageError(f"no plugin is called {name}", choice(bare, everything))
    failed, seen = 0, ""
    for each in groups:
        click.echo(f"{each}/{bare}")
        findings = test_plugin(each, bare, Host(cache=Path("runs/.cache")))
        width = max(len(f.name) for f in findings) + 2
        for finding in findings:
            click.echo(f"  {'✓' if finding.ok else '✗'} {finding.name:<{width}}{finding.detail}".rstrip())
        if found := sum(not f.ok for f in findings):
            failed, seen = failed + found, GROUPS[each][0].partition(":")[0].replace(".", "/")
    if failed:
        raise KcoderError(f"{name}: {failed} findings", f"see {seen}.py for what a plugin must give")
