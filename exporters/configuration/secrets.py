"""Reading secrets by reference, at the moment of use: a rotated file is read anew, and nothing is kept."""

from __future__ import annotations

import os
import re
from pathlib import Path

from exporters.collector import CollectorError

# What a header cannot carry (RFC 9110 section 5.5), and blanks, which no token has (RFC 6750 section 2.1).
_NO_TOKEN = re.compile(r"[^\x21-\x7e]")


def read(reference: str) -> str:
    """The secret behind `env:NAME` or `file:PATH`, without a final newline and without the byte order
    mark that some editors put in front. `keyvault:` is for a target, which hands the value over as one of
    these.

    Raises CollectorError that names the reference and never the value.
    """
    scheme, _, name = reference.partition(":")
    match scheme:
        case "env":
            value = os.environ.get(name, "")
        case "file":
            try:
                value = Path(name).read_text(encoding="utf-8-sig").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                raise CollectorError(f"the secret {reference} cannot be read: {_reason(error)}") from None
        case _:
            raise CollectorError(
                f"the secret {reference} cannot be read here: only env: and file: are resolved"
            )
    if not value:
        raise CollectorError(f"the secret {reference} is empty or not set")
    return value


def bearer(reference: str) -> str:
    """The secret as a bearer token, without blanks around it. Raises CollectorError as `read` does, and for
    what no header can carry; the place is said and the value never.
    """
    return as_bearer(reference, read(reference))


def as_bearer(reference: str, value: str) -> str:
    """What a reference led to as a bearer token. Raises CollectorError as `bearer` does."""
    token = value.removeprefix("\ufeff").strip(" \t\r\n")
    if not token:
        raise CollectorError(f"the secret {reference} is empty or not set")
    wrong = _NO_TOKEN.search(token)
    if wrong is None:
        return token
    what = {
        " ": "a blank; it holds the token alone, without the word Bearer",
        "\t": "a tab",
        "\n": "a line break; it holds one line",
        "\r": "a line break; it holds one line",
    }.get(wrong[0], "a character that no token has" if wrong[0].isascii() else "a letter outside ASCII")
    place = f"character {wrong.start() + 1} of the secret {reference}"
    raise CollectorError(f"no bearer token can be made: {place} is {what}")


def _reason(error: OSError | UnicodeDecodeError) -> str:
    # The text of a decoding error shows the bytes, which are the secret.
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is not UTF-8"
