"""Reading secrets by reference, at the moment of use: a rotated file is read anew, and nothing is kept."""

from __future__ import annotations

import os
from pathlib import Path

from exporters.collector import CollectorError


def read(reference: str) -> str:
    """The secret behind `env:NAME` or `file:PATH`, without a final newline. `keyvault:` is for a target,
    which hands the value over as one of these.

    Raises CollectorError that names the reference and never the value.
    """
    scheme, _, name = reference.partition(":")
    match scheme:
        case "env":
            value = os.environ.get(name, "")
        case "file":
            try:
                value = Path(name).read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                raise CollectorError(f"the secret {reference} cannot be read: {_reason(error)}") from None
        case _:
            raise CollectorError(
                f"the secret {reference} cannot be read here: only env: and file: are resolved"
            )
    if not value:
        raise CollectorError(f"the secret {reference} is empty or not set")
    return value


def _reason(error: OSError | UnicodeDecodeError) -> str:
    # The text of a decoding error shows the bytes, which are the secret.
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is not UTF-8"
