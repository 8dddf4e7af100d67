"""Verbs print results; logs are for processes that run on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from exporters.azure.signin.libraries import kept_to_errors


@contextmanager
def quiet() -> Iterator[None]:
    """Keep log lines of libraries and rooms out of a verb's output; what they say, its result says too."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        with kept_to_errors():
            yield
    finally:
        structlog.configure(**before)
