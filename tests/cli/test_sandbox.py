"""What commands that run programs share."""

import click
from click.testing import CliRunner

from kcoder.cli.sandbox import counting, kept_in


@click.command()
@kept_in
def command(sandbox):
    with counting() as progress:
        progress("1 of 2 programs")
    click.echo(sandbox)


def test_how_programs_are_kept_in_is_one_of_four_and_auto_unless_it_is_said():
    assert CliRunner().invoke(command, []).output == "auto\n"
    assert CliRunner().invoke(command, ["--sandbox", "landlock"]).output == "landlock\n"
    assert CliRunner().invoke(command, [], env={"KCODER_SANDBOX": "none"}).output == "none\n"
    refused = CliRunner().invoke(command, ["--sandbox", "docker"])
    assert refused.exit_code == 2
    assert "namespaces" in refused.output


def test_where_nobody_looks_on_nothing_is_counted():
    assert "1 of 2" not in CliRunner().invoke(command, []).output
