"""Secrets of the stand-ins, made here for one state folder: nobody types them, nothing shows them."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from estate.components import SecretValue


def made(state: Path, name: str) -> SecretValue:
    """A reference to `state/secrets/NAME`: 64 random bytes in base64 (the form of a storage account key).

    Made at the first call, mode 0600, and the same ever after. Raises OSError.
    """
    path = state / "secrets" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        part = path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(64)))
        part.rename(path)
    return SecretValue(f"file:{path}")
