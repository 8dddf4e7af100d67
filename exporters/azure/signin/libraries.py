"""What Azure's libraries log by themselves, beside what they raise."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

# azure-identity says with each token that it has one, and repeats what Entra said of a failure, which our own
# words say without secrets. Both come as warnings or less.
_LIBRARIES = ("azure", "msal")


def errors_only() -> None:
    """Let them log errors and nothing else, from now on."""
    for library in _LIBRARIES:
        logging.getLogger(library).setLevel(logging.ERROR)


@contextmanager
def kept_to_errors() -> Iterator[None]:
    """The same for a while."""
    before = {library: logging.getLogger(library).level for library in _LIBRARIES}
    errors_only()
    try:
        yield
    finally:
        for library, level in before.items():
            logging.getLogger(library).setLevel(level)
