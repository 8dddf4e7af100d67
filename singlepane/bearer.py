"""A bearer token out of a file, for APIs that ask for one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

TokenOption = Annotated[
    Path | None,
    typer.Option("--token-file", exists=True, dir_okay=False, help="A file with a bearer token."),
]


def signed(token: Path | None) -> dict[str, str]:
    """The headers of a request that shows it; none without a file."""
    return {"Authorization": f"Bearer {token.read_text('utf-8').strip()}"} if token else {}
