"""Keeping the last verification, where the server and `status` read it."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from deploy.verify.results import Verification
from estate.errors import StateFolderError

NAME = "verification.json"


def record(verification: Verification, state_folder: Path) -> Path:
    """Write `STATE/verification.json` in one step: a reader sees the old document or the new one, no half.

    Raises StateFolderError when the folder cannot be written.
    """
    path = state_folder / NAME
    try:
        handle, name = tempfile.mkstemp(prefix=f".{NAME}.", dir=state_folder)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(verification.document(), file, indent=2)
                file.write("\n")
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StateFolderError(
            f"the verification cannot be kept in {path}: {error.strerror or error}",
            "make the state folder writable and give it space",
        ) from error
    return path
