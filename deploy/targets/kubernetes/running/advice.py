"""Commands that messages advise, as a person does the same in a cluster.

Hops speak of `singlepane logs X`; where X runs in a pod, that is `kubectl logs`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

_COMMAND = re.compile(r"`singlepane (up|status|logs|restart|down)\b([^`]*)`")
# For a component the kubectl command line before the verb (that of the hub for none), what selects its pods,
# and what its container.
Placed = Callable[[str], tuple[str, str, str]]


def carried(text: str, estate_file: str, placed: Placed) -> str:
    """The text with each command as it is in clusters. `placed` knows components by name."""

    def said(command: re.Match[str]) -> str:
        verb, name = command[1], command[2].strip()
        if verb == "up":
            return f"`singlepane apply {shlex.quote(estate_file)}`"
        kubectl, pods, container = placed(name)
        if verb in ("status", "down") or not name:
            return f"`{kubectl} get pods`"
        return f"`{kubectl} {f'logs {pods}{container}' if verb == 'logs' else f'delete pod {pods}'}`"

    return _COMMAND.sub(said, text)
