"""The command line. `kcoder --help` loads click and nothing else; a command's module is imported when it is used."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import click

#: every command: its module in this folder, and its line in the help
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("init", "Write a commented spec to start from."),
    "check": ("check", "Validate specs and show the plan; nothing is run."),
    "run": ("run", "Carry out a spec; finished work is reused, unfinished work goes on."),
    "runs": ("runs", "List all runs: state, best result, age, size."),
    "show": ("show", "Show a run's steps and results, or one problem of it."),
    "compare": ("compare", "Compare models of several runs on the same problems."),
    "report": ("report", "Rebuild a run's report from stored results."),
    "verify": ("verify", "Read a run's artifacts again and compare their digests."),
    "prune": ("prune", "Remove artifacts that no run needs."),
    "pack": ("pack", "Write a run into one file, for another machine."),
    "unpack": ("unpack", "Give a packed run its place."),
    "dataset-stats": ("dataset_stats", "Count what a data set holds: rows, lengths, duplicates, what parses."),
    "complete": ("complete", "Ask a run's model, and judge what it writes at once."),
    "execute": ("execute", "Judge completions that were made elsewhere."),
    "reexecute": ("reexecute", "Judge a sample of a run's programs again, and say what has drifted."),
    "check-claims": ("check_claims", "Find published numbers that cannot be."),
    "doctor": ("doctor", "Say what this machine can do, and what is missing."),
    "plugins": ("plugins", "List plugins; `kcoder plugins test NAME` runs the conformance kit on one."),
    "schema": ("schema", "Write the JSON Schema of specs, for editors."),
}


class Lazy(click.Group):
    """A group whose commands are modules that are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"kcoder.cli.{COMMANDS[name][0]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from kcoder.errors import UsageError, choice

            raise UsageError(f"there is no command {args[0]}", choice(args[0], COMMANDS))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: kcoder init quickstart && kcoder run quickstart.yaml",
)
@click.version_option(package_name="kcoder", message="kcoder %(version)s")
def cli() -> None:
    """Take a small code model from one YAML spec to an answer you can defend."""


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave the process with the exit code that says how it went."""
    sys.exit(_exit_code(args))


def _exit_code(args: list[str] | None) -> int:
    try:
        done = cli.main(args, prog_name="kcoder", standalone_mode=False)
        return done if isinstance(done, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.Abort:
        click.echo("kcoder: stopped", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left; the interpreter would complain once more
        return 0
    except Exception as error:
        from kcoder.cli.screen import complaint, from_the_system
        from kcoder.errors import KcoderError

        said = error if isinstance(error, KcoderError) else from_the_system(error)
        if said is None:
            raise
        click.echo(complaint(said), err=True)
        return said.exit_code
