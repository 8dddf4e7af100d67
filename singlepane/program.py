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

# In the order in which a person meets them, each with what it does. Each is a file of `singlepane/commands`:
# a verb's holds a function of its name, a group's an `app` of verbs. The sentences stand here, too, because
# help on all of them must not load all of them.
VERBS = {
    "check": "Check estate files and say everything that is wrong with them, each with its line.",
    "render": "Write the Kubernetes objects of every cluster as files, one for each release.",
    "images": "List every container image that the clusters of an estate pull, one a line.",
    "plan": "Say what an apply would change in the clusters, object by object and key by key.",
    "apply": "Bring the clusters to what the estate says: the hub first, then wave by wave.",
    "drift": "Say what somebody changed in the clusters since the last apply.",
    "history": "List the revisions of the estate that were applied to its clusters, the newest first.",
    "rollback": "Bring the clusters back to what they were at a revision of the estate.",
    "up": "Run the whole estate on this machine: every component for real, Azure and the shop by stand-ins.",
    "status": "Show every component of a running estate: state, address, process, restarts, uptime, memory.",
    "verify": "Prove the data path of a running estate hop by hop, for each cluster and each replica.",
    "logs": "Show the last lines of a component's log, also of one that is stopped.",
    "restart": "Stop one component in order and start it again; returns when it is ready.",
    "down": "Stop every component of an estate in reverse order of need, and wait until all are gone.",
    "serve": "Serve the status page of an estate, its API, and the receiver that Alertmanager notifies.",
    "gate": "Take the alerts of other clusters over mutual TLS, and hand them to an Alertmanager.",
}
GROUPS = {
    "estate": "What an estate file may say: its keys, and a schema for editors.",
    "dashboards": "Dashboards as code: list ours, write or publish them, lint and draw any.",
    "alerts": "Alerts as code: which there are, and who is told of one.",
    "engines": "The third-party programs that components run: pinned, built once, kept in a cache.",
    "exporter": "Exporters turn what Prometheus cannot scrape (Azure, JSON, the estate itself) into metrics.",
    "simulate": "Run a simulated Azure or the demo shop, to try exporters without a subscription.",
}
_COMPLETING = "_SINGLEPANE_COMPLETE"


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - takes as long as all else here together

        output.console.print(f"singlepane {version('singlepane')}", highlight=False)
        raise typer.Exit


def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """One typed file runs the observability estate of many AKS clusters."""
    if debug:
        os.environ["SINGLEPANE_DEBUG"] = "1"


def program(arguments: Sequence[str]) -> typer.Typer:
    """The command line for these arguments.

    Only the verb that is asked for is imported: the web server, the Azure client and the supervisor take a
    second each to load, and every component of ours starts through here.
    """
    app = typer.Typer(
        name="singlepane",
        callback=options,
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    asked = next((word for word in arguments if not word.startswith("-")), "")
    for name, says in (*VERBS.items(), *GROUPS.items()):
        if name != asked:
            app.command(name, help=says)(_not_asked)
            continue
        module = importlib.import_module(f"singlepane.commands.{name}")
        if name in VERBS:
            app.command(name)(getattr(module, name))
        else:
            app.add_typer(module.app, name=name)
    return app


def _not_asked() -> None:
    """Stands in the list of commands for one that is not loaded."""


def _words() -> list[str]:
    """The words that were typed; where a shell asks how they go on, those before the cursor."""
    if _COMPLETING in os.environ:
        line = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS", "")
        return line.split()[1:]
    return sys.argv[1:]


def run() -> int:
    """The exit code for the words that were typed, returned or raised as SystemExit.

    An error becomes a sentence and a remedy, never a traceback; Ctrl-C is raised as it is.
    """
    try:
        program(_words())()
    except EstateInvalid as error:
        output.findings(error.findings, as_json=False)
        output.failure(error.message, error.remedy)
        return error.exit_code
    except SinglepaneError as error:
        output.failure(error.message, error.remedy)
        return error.exit_code
    except BrokenPipeError:
        # The reader went away (`singlepane logs … | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if os.environ.get("SINGLEPANE_DEBUG"):
            raise
        output.failure(
            f"{type(error).__name__}: {error}",
            "This is a defect of singlepane. `singlepane --debug …` shows where it comes from.",
        )
        return 1
    return 0
