"""Where an alert leads: its runbook, and the dashboard of what it is about, with cluster and namespace chosen
and the time of the firing shown.

Contract: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/create-dashboard-url-variables/
(`from` and `to` in milliseconds); the pages of the singlepane server take the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from estate.components import Template, text
from estate.quantities import seconds

# Dashboards by what an alert is about, where that is another than the one of its file.
BY_COMPONENT: Mapping[str, str] = {"cost": "cost", "expiry": "expiry"}
# Shown before an alert began to wait, and after it was last seen to fire.
BEFORE, AFTER = 3600, 1800
_NAMESPACE = "{{ with $labels.namespace }}&var-namespace={{ . | urlquery }}{{ end }}"


def runbook(rule: Mapping[str, Any], server: Template) -> Template:
    """The page of the singlepane server."""
    return joined(server, f"/runbooks/{rule['alert']}")


def dashboard(rule: Mapping[str, Any], boards: Template, board: str, cluster: str) -> Template:
    """The dashboard below `boards` (the address that a uid is put behind), `board` unless the alert is about
    something else; `cluster` is the template that gives its name.
    """
    uid = BY_COMPONENT.get(rule["labels"]["component"], board)
    namespace = _NAMESPACE if uid == "workload" else ""
    waits = seconds(rule["for"]) if "for" in rule else 0
    # The time of the evaluation, as a query: what templates have for it is not in Prometheus before 3.6.
    # Methods of Go's time take nanoseconds.
    around = (
        '{{ with query "vector(time())" | first | value | toTime }}'
        f"&from={{{{ (.Add -{BEFORE + waits}000000000).UnixMilli }}}}"
        f"&to={{{{ (.Add {AFTER}000000000).UnixMilli }}}}"
        "{{ end }}"
    )
    return joined(boards, f"singlepane-{uid}?var-cluster={cluster}{namespace}{around}")


def joined(start: Template, path: str) -> Template:
    """An address that goes on."""
    return start + path if isinstance(start, str) else text(start, path)
