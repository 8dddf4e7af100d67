"""The command line. Every verb is one file in `singlepane/commands`; this file is the list of them."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from estate.errors import EstateInvalid, SinglepaneError
from singlepane import output

# In the order in which a person meets them. Each is a file of `singlepane/commands`: a verb's holds a
# function of its name, a group's an `app` of verbs.
VERBS = ("check", "up", "status", "verify", "logs", "restart", "down", "serve")
GROUPS = ("estate", "engines", "exporter", "simulate")


def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """One typed file runs the observability estate of many AKS clusters."""
    if debug:
        os.environ["SINGLEPANE_DEBUG"] = "1"


def program(arguments: Sequence[str]) -> typer.Typer:
    """The command line for these arguments.

    Only the verb that is asked for is imported: the web server, the Azure client and the supervisor take a
    second each to load, and every component of ours starts through here. Help on all of them loads all.
    """
    app = typer.Typer(
        name="singlepane",
        callback=options,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )
    asked = next((word for word in arguments if not word.startswith("-")), "")
    names = (asked,) if asked in (*VERBS, *GROUPS) else (*VERBS, *GROUPS)
    for name in names:
        module = importlib.import_module(f"singlepane.commands.{name}")
        if name in VERBS:
            app.command(name)(getattr(module, name))
        else:
            app.add_typer(module.app, name=name)
    return app


def main() -> None:
    """Run the command line; an error becomes a sentence, a remedy and an exit code, never a traceback."""
    try:
        program(sys.argv[1:])()
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
