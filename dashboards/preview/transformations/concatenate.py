"""`concatenate`: the columns of all frames side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboards.preview.frames.frame import Frame


def concatenate(frames: Sequence[Frame], options: Mapping[str, Any]) -> list[Frame]:
    """Shorter columns are filled up with nothing."""
    longest = max((len(frame) for frame in frames), default=0)
    fields = [
        replace(one, values=[*one.values, *[None] * (longest - len(one.values))])
        for frame in frames
        for one in frame.fields
    ]
    return [Frame(tuple(fields))] if fields else []
