"""`limit`: the first rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.preview.frames.frame import Frame
from dashboards.preview.reading.shape import whole


def limit(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """The first `limitField` rows of each frame."""
    most = whole(options.get("limitField"), 10, 0, 1_000_000)
    return [frame.with_rows(frame.rows()[:most]) for frame in frames]
