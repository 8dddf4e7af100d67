"""The log of a process: one JSON object per line on stderr, whoever speaks."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import IO

import structlog

from exporters.azure.signin.libraries import errors_only

# What libraries say, by the least level of Python's; below it is detail for their own developers.
_LEVELS = ((logging.CRITICAL, "critical"), (logging.ERROR, "error"), (logging.WARNING, "warning"))


def log_to_stderr(level: int = logging.INFO) -> None:
    """Let all speak JSON: our own log, libraries, warnings, and what nobody has caught. Bodies, headers and
    secrets are never among what is logged.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso", utc=True),
            structlog.processors.format_exc_info,
            # ASCII alone: whatever encoding stderr has, and whatever a reader takes for the end of a line.
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(_Sink(sys.stderr)),  # type: ignore[arg-type]  # all of a file that it uses
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Retold()], force=True)
    logging.captureWarnings(True)
    errors_only()
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _in_thread


class _Sink:
    """Where lines are written, each at once. One that cannot be written (the disk is full, the reader has
    gone) is lost, and stops nobody.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """As of a file."""
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        """As of a file."""
        with suppress(OSError, ValueError):
            self._stream.flush()


class _Retold(logging.Handler):
    """What libraries say through `logging`, in our words."""

    def emit(self, record: logging.LogRecord) -> None:
        """One record."""
        try:
            event = record.getMessage()
        except Exception:
            # A library's own mistake; what it wanted to say is in there.
            event = f"{record.msg} {record.args!r}"
        more: dict[str, object] = {"logger": record.name}
        if record.exc_info and record.exc_info[0] is not None:
            more["exc_info"] = record.exc_info
        name = next((name for least, name in _LEVELS if record.levelno >= least), "info")
        getattr(structlog.get_logger(), name)(event, **more)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    structlog.get_logger().critical("uncaught", exc_info=(kind, error, trace))


def _unraisable(found: sys.UnraisableHookArgs) -> None:
    error = found.exc_value
    more = {} if error is None else {"exc_info": (type(error), error, found.exc_traceback)}
    place = getattr(found.object, "__qualname__", type(found.object).__name__)
    structlog.get_logger().error(f"{found.err_msg or 'Exception ignored in'}: {place}", **more)


def _in_thread(found: threading.ExceptHookArgs) -> None:
    error = found.exc_value
    more = {} if error is None else {"exc_info": (type(error), error, found.exc_traceback)}
    structlog.get_logger().error("uncaught in a thread", **more)
