"""The last complaint in a component's log: what it says of itself when it lives and is never ready."""

from __future__ import annotations

import re

from deploy.verify.ground import Ground

_LONGEST = 300
_LEVEL = re.compile(r"\blevel=(?:warn|error)\b")
# logfmt, as the programs in Go write it: https://brandur.org/logfmt
_PAIR = re.compile(r'\b(msg|err)=("(?:[^"\\]|\\.)*"|\S+)')


def complaint(ground: Ground, component: str) -> str:
    """`: its log says "…"` with the last warning or error, or nothing where there is none or no log."""
    lines = ground.way.log(ground.deployment, component).splitlines()
    line = next((line for line in reversed(lines) if _LEVEL.search(line)), "")
    said = [_plain(value) for _, value in sorted(_PAIR.findall(line), reverse=True)]
    return f': its log says "{": ".join(said)[:_LONGEST]}"' if said else ""


def _plain(value: str) -> str:
    return value[1:-1].replace('\\"', '"') if value.startswith('"') else value
