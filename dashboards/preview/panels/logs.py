"""`logs`: lines with their time, the newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from dashboards.preview.panels.drawing import NOTHING, Drawing, Subject

MOST_LINES = 500


def logs(subject: Subject) -> Drawing:
    """A column of texts is the lines; without one a series is its labels and its last value."""
    rows: list[tuple[int, str]] = []
    for frame in subject.frames:
        times = frame.time.values if frame.time else [0] * len(frame)
        lines = next((one for one in frame.fields if one.kind == "string"), None)
        if lines is not None:
            rows += [
                (when or 0, str(line))
                for when, line in zip(times, lines.values, strict=True)
                if line is not None
            ]
    if not rows:
        return NOTHING
    rows.sort(reverse=subject.panel.options.get("sortOrder") != "Ascending", key=lambda row: row[0])
    body = Markup().join(
        Markup("<li><time>{}</time> {}</li>").format(_clock(when), line) for when, line in rows[:MOST_LINES]
    )
    return Drawing(html=Markup('<ol class="lines" tabindex="0">{}</ol>').format(body))


def _clock(when: Any) -> str:
    try:
        return datetime.fromtimestamp(when / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return ""
