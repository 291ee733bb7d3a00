"""`kcoder check-claims`: published numbers that cannot be."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import click

from kcoder.errors import UsageError

EXAMPLE = "claims: [{what: Python pass@1, percent: 19.21, n: 161, samples: 1}]"


@click.command("check-claims")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(file: str, as_json: bool) -> int:
    """Look for numbers in FILE that cannot be: percentages that no count of n problems gives, pass@k of fewer than k
    samples, shares of different numbers of problems compared, parameter counts that an adapter's shape denies.

    FILE is YAML with a list of claims, or CSV with a row for each:

    \b
    claims:
      - {what: LoRA in Python, percent: 19.21, n: 161, against: figure 3}
      - {what: QLoRA, parameters: 262_364_160, adapter: {r: 128, layers: 32, modules: {fc1: [2560, 10240]}}}

    Ends with 4 where something cannot be.
    """
    from kcoder.claims import findings

    found = findings(_claims(Path(file)))
    wrong = [finding for finding in found if finding.wrong]
    if as_json:
        click.echo(json.dumps([finding.model_dump() for finding in found], indent=2))
        return 4 if wrong else 0
    for finding in found:
        click.echo(f"{'✗' if finding.wrong else '✓'} {finding.what}{f': {finding.wrong}' if finding.wrong else ''}")
    click.echo(f"\n{len(wrong)} of {len(found)} cannot be" if wrong else f"\nall {len(found)} may be so")
    return 4 if wrong else 0


def _claims(path: Path) -> list[Any]:
    from pydantic import ValidationError

    from kcoder.claims import Claim

    claims = []
    for number, told in enumerate(_told(path), 1):
        try:
            claims.append(Claim.model_validate(told))
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in fault["loc"])
            raise UsageError(f"{path}: claim {number}: {where}: {fault['msg']}", EXAMPLE) from None
    if not claims:
        raise UsageError(f"{path}: there are no claims in it", EXAMPLE)
    return claims


def _told(path: Path) -> list[Any]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}", "give a YAML or CSV file of claims") from None
    if path.suffix == ".csv":
        return [{name: value for name, value in row.items() if value} for row in csv.DictReader(text.splitlines())]
    import yaml

    try:
        told = yaml.load(text, yaml.BaseLoader)  # every value stays as it was written: 19.20 is not 19.2
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: {str(error).splitlines()[0]}", EXAMPLE) from None
    claims = told.get("claims") if isinstance(told, dict) else told
    if not isinstance(claims, list):
        raise UsageError(f"{path}: there is no list of claims in it", EXAMPLE)
    return claims
