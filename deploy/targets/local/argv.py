"""Commands of components as programs of this machine."""

from __future__ import annotations

import sys

from deploy import engines
from estate.components import Command, Engine, FromImage, Own, Program


def argv(command: Command) -> tuple[str, ...]:
    """The program and what comes before a component's own arguments.

    Raises EngineError for one that is not built.
    """
    match command:
        case Engine(name):
            return (str(engines.find(name)),)
        case Program(path):
            return (path,)
        case Own():
            # -P: a folder named `singlepane` in the current one is not ours.
            return (sys.executable, "-P", "-c", "from singlepane.main import main; main()")
        case FromImage(name):
            raise ValueError(f"{name} runs out of an image alone, and this is a machine")
