"""The errors a user can meet, in one tree. Each class carries the exit code of the command line.

SinglepaneError
 ├── UsageError           2  the command was called wrongly
 ├── EstateInvalid        2  the estate file has findings of severity error
 └── SurroundingsError    3  the machine or a peer is not as needed
      ├── EngineError          a third-party binary is missing or cannot be built
      ├── PortTaken            another process listens where a component must
      ├── StateFolderError     the state folder cannot be used (read-only, full, in use)
      ├── ComponentFailed      a component did not start or gave up
      ├── ClusterError         a cluster cannot be reached, or refuses what is asked
      ├── RolloutStopped       a change was not finished; the message says what is as it was and what is not
      └── NotRunning           the estate asked about is not up
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from estate.findings import Finding


class SinglepaneError(Exception):
    """Base of all. `remedy` is one sentence that says what to do; it may be empty."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(SinglepaneError):
    """The command line was used wrongly."""

    exit_code = 2


class EstateInvalid(SinglepaneError):
    """The estate file has errors; `findings` holds all of them, warnings included."""

    exit_code = 2

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = sum(finding.severity == "error" for finding in findings)
        super().__init__(f"the estate has {errors} error{'s' if errors != 1 else ''}")
        self.findings = tuple(findings)


class SurroundingsError(SinglepaneError):
    """The machine, a tool or a peer is not as needed."""

    exit_code = 3


class EngineError(SurroundingsError):
    """A third-party binary is missing, of the wrong version, or does not build."""


class PortTaken(SurroundingsError):
    """Another process listens on a port that a component must have."""


class StateFolderError(SurroundingsError):
    """The state folder cannot be written, is full, or belongs to another running estate."""


class ComponentFailed(SurroundingsError):
    """A component did not become ready or stopped too often; the message ends with its last log lines."""


class NotRunning(SurroundingsError):
    """No supervisor answers for this estate."""


class ClusterError(SurroundingsError):
    """A cluster cannot be reached, or refuses what is asked."""


class RolloutStopped(SurroundingsError):
    """A change was begun and not finished; the message says what was changed and what was not."""
