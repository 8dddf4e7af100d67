"""`alertlist`, `dashlist`, `news`, `annolist`: lists whose content does not come from the panel's queries."""

from __future__ import annotations

from markupsafe import Markup

from dashboards.preview.panels.drawing import NOTHING, Drawing, Subject
from dashboards.preview.reading.shape import whole

# What an alert list asks: it has no query of its own.
ALERTS = 'ALERTS{alertstate=~"firing|pending"}'


def alertlist(subject: Subject) -> Drawing:
    """Alerts that fire or wait, as Prometheus' own series tell of them."""
    rows = []
    for frame in subject.frames:
        for field in frame.fields:
            labels = dict(field.labels)
            if labels.get("alertname"):
                rows.append((labels.pop("alertstate", ""), labels.pop("alertname"), labels))
    if not rows:
        return Drawing(html=Markup('<p class="calm">No alerts fire.</p>'))
    rows.sort(key=lambda row: (row[0] != "firing", row[1]))
    most = whole(subject.panel.options.get("maxItems"), 20, 1, 200)
    items = [
        Markup('<li class="{}"><b>{}</b> <em>{}</em> <small>{}</small></li>').format(
            "fires" if state == "firing" else "waits",
            name,
            state,
            "  ".join(f"{key}={value}" for key, value in sorted(labels.items())),
        )
        for state, name, labels in rows[:most]
    ]
    return Drawing(html=Markup('<ul class="alerts" tabindex="0">{}</ul>').format(Markup().join(items)))


def elsewhere(subject: Subject) -> Drawing:
    """What only a Grafana has: its other dashboards, its annotations, a feed of the internet."""
    what = {"news": "a feed of the internet", "dashlist": "a Grafana's other dashboards"}
    return Drawing(
        html=Markup('<p class="calm">A {} panel shows {}: nothing of that is fetched here.</p>').format(
            subject.panel.kind, what.get(subject.panel.kind, "what only a Grafana has")
        )
    )


def unknown(subject: Subject) -> Drawing:
    """A kind of panel that the preview does not draw."""
    return (
        Drawing(notes=(f"panels of kind “{subject.panel.kind or '?'}” are not drawn here",))
        if subject.panel.kind
        else NOTHING
    )
