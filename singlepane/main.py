"""The command line. Every verb is one file in `singlepane/commands`; this file is the list of them."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from estate.errors import EstateInvalid, SinglepaneError
from singlepane import output
from singlepane.commands import (
    check,
    down,
    engines,
    estate,
    exporter,
    logs,
    restart,
    serve,
    simulate,
    status,
    up,
    verify,
)

# In the order in which a person meets them.
VERBS = (
    check.check,
    up.up,
    status.status,
    verify.verify,
    logs.logs,
    restart.restart,
    down.down,
    serve.serve,
)
GROUPS = (
    ("estate", estate.app),
    ("engines", engines.app),
    ("exporter", exporter.app),
    ("simulate", simulate.app),
)

app = typer.Typer(
    name="singlepane",
    help="One typed file runs the observability estate of many AKS clusters.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of every verb."""
    if debug:
        os.environ["SINGLEPANE_DEBUG"] = "1"


for verb in VERBS:
    app.command()(verb)
for name, group in GROUPS:
    app.add_typer(group, name=name)


def main() -> None:
    """Run the command line; an error becomes a sentence, a remedy and an exit code, never a traceback."""
    try:
        app()
    except EstateInvalid as error:
        output.findings(error.findings, as_json=False)
        output.failure(error.message, error.remedy)
        code = error.exit_code
    except SinglepaneError as error:
        output.failure(error.message, error.remedy)
        code = error.exit_code
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # The reader went away (`singlepane logs … | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        if os.environ.get("SINGLEPANE_DEBUG"):
            raise
        output.failure(
            f"{type(error).__name__}: {error}",
            "This is a defect of singlepane. `singlepane --debug …` shows where it comes from.",
        )
        code = 1
    else:
        code = 0
    sys.exit(code)
