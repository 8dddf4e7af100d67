"""On-call: what fires and since when, what was sent and what was not, what makes noise."""

from __future__ import annotations

from dashboards.promql import of, part, quantile, rate, since
from dashboards.values import (
    Bars,
    Column,
    Dashboard,
    Lines,
    Number,
    Query,
    Rows,
    Section,
    State,
    States,
    Steps,
    from_value,
)

ALL = "one figure over the chosen clusters"
HUB = "Alertmanagers stand on the hub and know nothing of clusters"
# An alert that always fires is no alert.
REAL = 'alertstate="firing", severity!="none"'
FIRING = of("ALERTS", REAL)
PAGES = of("ALERTS", 'alertstate="firing", severity="critical"')
WATCHDOG = of("ALERTS", 'alertname="Watchdog", alertstate="firing"')
MANAGER = 'job="alertmanager"'
SILENCED = of("alertmanager_silences", f'{MANAGER}, state="active"')
# The moment at which each alert began, as a time.
BEGAN = of("ALERTS_FOR_STATE", 'severity!="none"')
KEYS = ("cluster", "alertname", "severity")
BY = ", ".join(KEYS)
# Whether anything that could alert is there at all.
PRESENT = of("up")


def _once(expr: str) -> str:
    """Whether each alert fires, however many series it has and however many servers say so."""
    return f"max by ({BY}) ({expr})"


# Every alert that has fired within the week, at each moment of it.
SEEN = _once(f"last_over_time({FIRING}[7d] @ end())")

NOW = Section(
    "Now",
    (
        Number(
            "Pages",
            "Critical alerts that fire: somebody should be at work on each.",
            4,
            "short",
            Query(f"count({_once(PAGES)}) or 0 * count({PRESENT})", collapses=ALL),
            from_value(1),
            missing="no targets",
            height=4,
        ),
        Number(
            "Alerts",
            "All alerts that fire, pages among them. An alert counts once for each cluster.",
            4,
            "short",
            Query(f"count({_once(FIRING)}) or 0 * count({PRESENT})", collapses=ALL),
            from_value(1, "orange"),
            missing="no targets",
            height=4,
        ),
        Number(
            "Heartbeats",
            "Clusters whose Watchdog fires, as it always should. One less than there are clusters: one of"
            " them cannot alert.",
            4,
            "short",
            Query(f"count(max by (cluster) ({WATCHDOG}))", collapses=ALL),
            Steps("green"),
            missing="none at all",
            height=4,
        ),
        Number(
            "Notifications that failed",
            "Share of notifications in the last hour that a receiver did not take. They are tried again;"
            " above 1% a receiver is gone or a secret has expired.",
            4,
            "percentunit",
            Query(
                f"sum(increase({of('alertmanager_notifications_failed_total', MANAGER)}[1h]))"
                f" / (sum(increase({of('alertmanager_notifications_total', MANAGER)}[1h])) > 0)"
                f" or 0 * sum(increase({of('alertmanager_notifications_total', MANAGER)}[1h]))",
                collapses=HUB,
            ),
            from_value(0.01),
            missing="no Alertmanager",
            height=4,
        ),
        Number(
            "Silences",
            "Silences that hold now. Each hides something from whoever is on call.",
            4,
            "short",
            Query(f"max({SILENCED})", collapses=HUB),
            Steps("text"),
            missing="no Alertmanager",
            height=4,
        ),
        Number(
            "Alertmanagers",
            "The fewest members that any Alertmanager sees. Fewer than there are: two of them may page for"
            " one alert.",
            4,
            "short",
            Query(f"min({of('alertmanager_cluster_members', MANAGER)})", collapses=HUB),
            Steps("red", ((1, "orange"), (3, "green"))),
            missing="no Alertmanager",
            height=4,
        ),
    ),
)

FIRES = Section(
    "What fires",
    (
        Rows(
            "Firing alerts",
            "Every alert that fires, the longest first. One that has fired for days without anybody at work"
            " on it should be mended or removed.",
            24,
            KEYS,
            (
                Column(
                    "Since",
                    "dtdurations",
                    Query(f"max by ({BY}) ({since(BEGAN)} and on ({BY}) {_once(FIRING)})"),
                ),
                Column("Series", "short", Query(f"count by ({BY}) ({FIRING})")),
            ),
            "Since",
            missing="none",
            drill="singlepane-cluster",
            link="singlepane-cluster",
            height=10,
        ),
        States(
            "Alerts over time",
            "When each alert fired. Gaps that come and go are flapping: the threshold or its `for` is wrong.",
            24,
            Query(f"{_once(FIRING)}", "{{cluster}} {{alertname}}"),
            (State(1, "fires", "red"),),
            missing="none",
            height=10,
        ),
    ),
)

NOISE = Section(
    "Noise",
    (
        Bars(
            "Fired longest in a week",
            "Alerts by the share of the last seven days in which they fired. What fires all the time is not"
            " read any more.",
            12,
            "percentunit",
            Query(
                f"sort_desc(topk(15, avg_over_time(({_once(FIRING)} or 0 * {SEEN})[7d:5m])))",
                "{{cluster}} {{alertname}}",
            ),
            Steps("blue", ((0.1, "orange"), (0.5, "red"))),
            1,
            missing="none",
            height=10,
        ),
        Bars(
            "Began most often in a week",
            "How often each alert began anew within seven days, whether it came to fire or not. Above twenty"
            " it flaps.",
            12,
            "short",
            Query(
                f"sort_desc(topk(15, sum by ({BY}) (changes({BEGAN}[7d]))))",
                "{{cluster}} {{alertname}}",
            ),
            Steps("blue", ((5, "orange"), (20, "red"))),
            missing="none",
            height=10,
        ),
    ),
    closed=True,
)

SENT = Section(
    "What was sent",
    (
        Lines(
            "Notifications",
            "Notifications per second to each kind of receiver.",
            8,
            "ops",
            (
                Query(
                    rate("alertmanager_notifications_total", MANAGER, "cluster, integration"),
                    "{{integration}}",
                ),
            ),
            missing="no Alertmanager",
        ),
        Lines(
            "Notifications that failed, by receiver",
            "Share of notifications that a kind of receiver did not take.",
            8,
            "percentunit",
            (
                Query(
                    part(
                        rate("alertmanager_notifications_failed_total", MANAGER, "cluster, integration"),
                        rate("alertmanager_notifications_total", MANAGER, "cluster, integration"),
                    ),
                    "{{integration}}",
                ),
            ),
            None,
            from_value(0.01),
            missing="nothing was sent",
        ),
        Lines(
            "Time of a notification",
            "99 of 100 notifications are taken by the receiver within this time.",
            8,
            "s",
            (
                Query(
                    quantile(
                        0.99,
                        "alertmanager_notification_latency_seconds",
                        MANAGER,
                        "cluster, integration",
                    ),
                    "{{integration}}",
                ),
            ),
            missing="nothing was sent",
        ),
        Lines(
            "Alerts held",
            "Alerts that Alertmanager holds: active ones are sent, suppressed ones are silenced or"
            " inhibited.",
            12,
            "short",
            (
                Query(
                    f"max by (cluster, state) ({of('alertmanager_alerts', MANAGER)})",
                    "{{state}}",
                ),
            ),
            missing="no Alertmanager",
        ),
        States(
            "Heartbeat of each cluster",
            "Whether the Watchdog of each cluster fires. A gap is a time in which nothing from that cluster"
            " could have paged.",
            12,
            Query(f"max by (cluster) ({WATCHDOG})", "{{cluster}}"),
            (State(1, "alive", "green"),),
            missing="none at all",
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-on-call",
    title="On-call",
    about="What fires and since when, what was sent and what was not, what makes noise.",
    sections=(NOW, FIRES, SENT, NOISE),
    clusters="label_values(up, cluster)",
    drill="singlepane-estate",
    since="now-12h",
    local=True,
)
