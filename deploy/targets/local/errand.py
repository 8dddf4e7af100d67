"""What a supervisor is started for."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.targets.local.folder import StateFolder
from deploy.targets.local.patience import Patience


@dataclass(frozen=True, slots=True)
class Errand:
    """The folder it works in, the estate file it tells of (absolute path), and its patience."""

    folder: StateFolder
    estate_file: str
    patience: Patience
