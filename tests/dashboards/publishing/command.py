"""The command `dashboards publish`, in this process and as a person meets it."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from singlepane import program
from tests.dashboards.publishing.double import EDITOR, Double


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of it."""

    code: int
    stdout: str
    stderr: str


def ran(*words: str, **environment: str) -> Ran:
    """`singlepane dashboards publish` with these words."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", ["singlepane", "dashboards", "publish", *words]),
        patch.dict(os.environ, {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "110", **environment}),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            code = program.run()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return Ran(code, out.getvalue(), err.getvalue())


def published(grafana: Double, *words: str, token: str = EDITOR) -> Ran:
    """With a token in the environment, which is never shown."""
    found = ran("--url", grafana.url, "--token", "env:MADE_UP_TOKEN", *words, MADE_UP_TOKEN=token)
    assert token not in found.stdout + found.stderr
    return found
