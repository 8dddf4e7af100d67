"""What a supervisor is started for."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.targets.local.folder import StateFolder
from deploy.targets.local.patience import Patience


@dataclass(frozen=True, slots=True)
class Errand:
    """The folder it works in, and its patience. What it runs comes with `apply`."""

    folder: StateFolder
    patience: Patience
