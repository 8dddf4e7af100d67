"""A hundred ways in which an estate that was right is broken, each with the code to be said and its key.

Each is a change of the plain document of a generated estate. In keys and values `{hub}`, `{a}` and `{b}` are
its first three clusters, `{tenant}` and `{subscription}` ids that are there. At a key, a value takes the
place of what is there, GONE removes it, and a function gets what is there and gives what shall be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GONE = object()
_UNCHANGED = object()

OTHER_ID = "6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0099"


@dataclass(frozen=True, slots=True)
class Broken:
    """`code` must be found at the key `at`; `changes` are what was done to the document, by path."""

    code: str
    at: str
    changes: Mapping[str, Any]


def _b(code: str, at: str, change: Any = _UNCHANGED, **more: Any) -> Broken:
    """What is broken by a change right there, or by others alone."""
    return Broken(code, at, more if change is _UNCHANGED else {at: change, **more})


A, B = "clusters.{a}", "clusters.{b}"
AZURE, ORDERS = "exporters.azure-platform", "exporters.orders"
METRIC = f"{ORDERS}.metrics.0"
GATE = {"name": "gate", "query": "up == 0"}


def _gate(**changes: str) -> dict[str, Any]:
    return {"gates": [{**GATE, **changes}]}


def _images(**versions: str) -> dict[str, Any]:
    return {"versions": versions}


def _office(**changes: str) -> dict[str, Any]:
    """Hours with a name."""
    row = {"zone": "Europe/Amsterdam", "begin": "09:00", "end": "17:30"}
    return {"alerts.hours": {"office": {**row, **changes}}}


def _routes(*rows: dict[str, Any]) -> dict[str, Any]:
    """Routes to the receiver that is there; hours are there too."""
    return {**_office(), "alerts.routes": [{"receiver": "oncall", **row} for row in rows]}


def _weekly(**changes: Any) -> dict[str, Any]:
    """Maintenance of every week."""
    row = {"kind": "weekly", "zone": "Europe/Amsterdam", "begin": "12:00", "end": "14:00"}
    return {"alerts.maintenance": {"work": {**row, **changes}}}


def _once(**changes: Any) -> dict[str, Any]:
    """Maintenance that is done once."""
    row = {
        "kind": "once",
        "begin": "2026-12-01T20:00:00Z",
        "end": "2026-12-01T22:00:00Z",
        "comment": "a move",
    }
    row = {key: value for key, value in {**row, **changes}.items() if value is not GONE}
    return {"alerts.maintenance": {"work": row}}


def _mail(**changes: str) -> dict[str, Any]:
    """A mailbox beside the receivers that are there."""
    row = {"kind": "email", "to": "a@b.example", "sender": "a@b.example", "server": "smtp.b.example:587"}
    return {"alerts.receivers.mail": {**row, **changes}}


def _slo(**changes: str) -> dict[str, Any]:
    """An objective of a service."""
    queries = {"errors": "rate(failed_total[${window}])", "total": "rate(all_total[${window}])"}
    return {"slos": {"orders": {"service": "shop", "objective": 99.9, **queries, **changes}}}


# Of every machine.
ANYWHERE: tuple[Broken, ...] = (
    _b("unknown-cluster", "hub", "hub-wue"),
    _b("unknown-cluster", f"{AZURE}.clusters.0", "prod-nowhere"),
    _b("unknown-subscription", f"{A}.subscription", "nobody"),
    _b("unknown-subscription", f"{AZURE}.scope.0", "nobody", **{f"{AZURE}.scope": ["nobody"]}),
    _b("unknown-tenant", "subscriptions.{a}.tenant", "mian"),
    _b("unknown-receiver", "alerts.default", "oncal"),
    _b("unknown-receiver", "alerts.heartbeat.receiver", "pagr"),
    _b("unused-receiver", "alerts.receivers.third", {"kind": "singlepane"}),
    _b("unknown-receiver", "alerts.routes.0.receiver", **_routes({"receiver": "nobody"})),
    _b("unknown-cluster", "alerts.routes.0.clusters.0", **_routes({"clusters": ["prod-nowhere"]})),
    _b("unknown-hours", "alerts.routes.0.hours", **_routes({"hours": "ofice", "severities": ["info"]})),
    _b("unused-hours", "alerts.hours.office", **_office()),
    _b("unknown-time-zone", "alerts.hours.office.zone", **_office(zone="Europe/Amsterdm")),
    _b("hours-order", "alerts.hours.office.end", **_office(end="08:00")),
    _b("invalid-time", "alerts.hours.office.begin", **_office(begin="9:00")),
    _b("unknown-time-zone", "alerts.maintenance.work.zone", **_weekly(zone="CEST")),
    _b("hours-order", "alerts.maintenance.work.end", **_weekly(end="11:00")),
    _b("unknown-cluster", "alerts.maintenance.work.clusters.0", **_weekly(clusters=["prod-nowhere"])),
    _b("maintenance-heartbeat", "alerts.maintenance.work.alerts.0", **_weekly(alerts=["Watchdog"])),
    _b("unknown-alert", "alerts.maintenance.work.alerts.0", **_weekly(alerts=["NodeNotRaedy"])),
    _b("unknown-team", "alerts.maintenance.work.teams.0", **_weekly(teams=["nobody"])),
    _b("not-allowed", "alerts.maintenance.work.kind", **_weekly(kind="daily")),
    _b("missing-key", "alerts.maintenance.work.end", **_once(end=GONE)),
    _b("invalid-time", "alerts.maintenance.work.begin", **_once(begin="2026-12-01T20:00:00")),
    _b("maintenance-order", "alerts.maintenance.work.end", **_once(end="2026-12-01T20:00:00+02:00")),
    _b("maintenance-long", "alerts.maintenance.work.end", **_once(end="2027-01-02T20:00:00Z")),
    _b("route-unreached", "alerts.routes.1", **_routes({"teams": ["a"]}, {"teams": ["a"], "also": True})),
    _b("page-held-back", "alerts.routes.0.hours", **_routes({"hours": "office"})),
    _b(
        "heartbeat-pages",
        "alerts.heartbeat.receiver",
        **{"alerts.receivers.pager": {"kind": "pagerduty", "key": "env:DUTY_KEY"}},
    ),
    _b("invalid-mail", "alerts.receivers.mail.to", **_mail(to="Shop <shop@shop.example>")),
    _b("invalid-host", "alerts.receivers.mail.server", **_mail(server="smtp.shop.example")),
    _b("password-lacks-user", "alerts.receivers.mail.user", **_mail(user="alerts")),
    _b("literal-secret", "alerts.receivers.mail.password", **_mail(user="a", password="hunter2")),
    _b("unused-subscription", "subscriptions.third", {"id": OTHER_ID, "tenant": "main"}),
    _b("unused-tenant", "tenants.third", {"id": OTHER_ID}),
    _b("tenant-id-twice", "tenants.third.id", **{"tenants.third": {"id": "{tenant}"}}),
    _b("subscription-id-twice", "subscriptions.{b}.id", "{subscription}"),
    _b("unknown-key", f"{A}.promethues", {}),
    _b("unknown-key", f"{A}.kubernetes.contxt", "a"),
    _b("unknown-key", "metrics.retention.10m", "1y"),
    _b("reserved", "logs", {}),
    _b("missing-key", f"{A}.region", GONE),
    _b("missing-key", f"{A}.subscription", GONE),
    _b("missing-key", "metrics.store.account", GONE),
    _b("missing-key", "alerts.heartbeat.receiver", GONE),
    _b("wrong-type", f"{A}.labels", ["environment"]),
    _b("wrong-type", f"{A}.prometheus.replicas", "2"),
    _b("unquoted", f"{A}.version", 1.36),
    _b("not-allowed", f"{METRIC}.type", "histogram"),
    _b("not-allowed", f"{AZURE}.kind", "azur"),
    _b("out-of-range", f"{A}.prometheus.replicas", 9),
    _b("empty", f"{AZURE}.metrics", []),
    _b("invalid-name", "name", "Large_Estate"),
    _b("invalid-storage-account", "metrics.store.account", "large-metrics"),
    _b("invalid-container", "metrics.store.container", "Thanos"),
    _b("invalid-region", f"{A}.region", "West Europe"),
    _b("invalid-id", "subscriptions.{a}.id", "12345"),
    _b("invalid-version", f"{A}.version", "v1.36"),
    _b("invalid-version", "images.versions.thanos", "0.42", images=_images(thanos="0.42")),
    _b("invalid-metric-name", f"{METRIC}.name", "shop-orders-total"),
    _b("invalid-label-name", f"{A}.labels.env-ironment", "prod"),
    _b("invalid-label-value", f"{A}.labels.environment", "prod/weu"),
    _b("invalid-resource-type", f"{AZURE}.metrics.0.type", "storageAccounts"),
    _b("invalid-host", f"{A}.kubernetes.address", "https://10.0.1.10"),
    _b(
        "invalid-image",
        "images.mirror",
        "https://mirror.example",
        images={"mirror": "https://mirror.example"},
    ),
    _b("invalid-url", f"{ORDERS}.url", "api.shop.example"),
    _b("invalid-duration", "metrics.retention.raw", "90 days"),
    _b("invalid-duration", f"{A}.prometheus.scrape_interval", "500ms"),
    _b("invalid-count", f"{A}.prometheus.series", "lots"),
    _b("literal-secret", "alerts.receivers.pager.url", "https://hooks.example/T0/B0"),
    _b("literal-secret", f"{ORDERS}.bearer", "letmein"),
    _b("listed-twice", f"{AZURE}.clusters.1", **{f"{AZURE}.clusters": ["{a}", "{a}"]}),
    _b(
        "wave-cluster-twice",
        "rollout.waves.1.clusters.0",
        rollout={"waves": [{"name": "x", "clusters": ["{a}"]}, {"name": "y", "clusters": ["{a}"]}]},
    ),
    _b(
        "rollout-name-twice",
        "rollout.waves.1.name",
        rollout={"waves": [{"name": "x", "clusters": ["{a}"]}, {"name": "x", "clusters": ["{b}"]}]},
    ),
    _b("label-reserved", f"{A}.labels.cluster", "prod"),
    _b("label-reserved", f"{A}.labels.job", "prod"),
    _b("label-reserved", f"{A}.labels.prometheus_replica", "a"),
    _b("label-collides", f"{A}.labels.region", "eu"),
    _b("label-case", f"{B}.labels.Environment", "prod"),
    _b("replica-label", "metrics.replica_label", "cluster"),
    _b(
        "component-name-twice",
        "exporters.node-exporter",
        {
            "kind": "json",
            "clusters": ["{a}"],
            "url": "https://a.example",
            "metrics": [{"name": "x", "help": "X.", "value": "x"}],
        },
    ),
    _b("local-retention-short", f"{A}.prometheus.retention", "3h"),
    _b("local-retention-low", f"{A}.prometheus.retention", "12h"),
    _b("store-retention-short", "metrics.retention.raw", "1d"),
    _b("store-retention-short", "metrics.retention.5m", "9d"),
    _b("store-retention-low", "metrics.retention.raw", "3d"),
    _b("store-retention-order", "metrics.retention.1h", "30d"),
    _b("store-retention-zoom", "metrics.retention.raw", "30d"),
    _b("timeout-order", "metrics.query.timeout", "20s", **{"metrics.query": {"timeout": "20s"}}),
    _b("timeout-order", f"{ORDERS}.timeout", "2m"),
    _b("scrape-interval-long", f"{A}.prometheus.scrape_interval", "4m"),
    _b("pair-deduplication", f"{B}.prometheus.scrape_interval", "90s"),
    _b("pair-deduplication", f"{B}.prometheus.replicas", 3),
    _b("repeat-short", "alerts.repeat", "1m"),
    _b("azure-scope-shared", f"{AZURE}.clusters.1", **{"clusters.{b}.subscription": "{a}"}),
    _b(
        "azure-metric-twice",
        f"{AZURE}.metrics.0.names.1",
        **{f"{AZURE}.metrics.0.names": ["Egress", "Egress"]},
    ),
    _b("counter-suffix", f"{METRIC}.name", "shop_orders"),
    _b("metric-suffix", f"{METRIC}.name", "shop_orders_count", **{f"{METRIC}.type": "gauge"}),
    _b("metric-reserved", f"{METRIC}.name", "up"),
    _b("metric-label-reserved", f"{METRIC}.labels.job", "name"),
    _b("jmespath-invalid", f"{METRIC}.value", "orders..total"),
    _b(
        "inventory-missing",
        "exporters",
        lambda there: {name: row for name, row in there.items() if name != "inventory"},
    ),
    _b("inventory-twice", "exporters.second", {"kind": "estate"}),
    _b(
        "replace-unused",
        "local.replace['https://nobody.example']",
        local={"replace": {"https://nobody.example": "shop"}},
    ),
)
# Of clusters alone.
CLUSTERS: tuple[Broken, ...] = (
    _b("address-missing", f"{A}.kubernetes.address", GONE),
    _b("address-twice", f"{B}.kubernetes.address", "10.0.1.10"),
    _b("context-twice", f"{B}.kubernetes.context", "{a}"),
    _b(
        "wave-hub",
        "rollout.waves.0.clusters.0",
        rollout={"waves": [{"name": "x", "clusters": ["{hub}"]}]},
    ),
    _b("query-invalid", "rollout.gates.0.query", rollout=_gate(query="sum by (cluster (up == 0)")),
    _b("query-renamed", "rollout.gates.0.query", rollout=_gate(query="holt_winters(x[1h], 0.1, 0.1) < 0")),
    _b("query-left-open", "rollout.gates.0.query", rollout=_gate(query="rate(x_total[30s]) > 1")),
    _b("query-number-as-text", "rollout.gates.0.query", rollout=_gate(query='x_bucket{le="5"} > 1')),
    _b("query-unread", "rollout.gates.0.query", rollout=_gate(query="rate(x_total[5m*2]) > 1")),
    _b("slo-without-window", "slos.orders.errors", **_slo(errors="rate(failed_total[5m])")),
    _b("slo-loses-cluster", "slos.orders.total", **_slo(total="sum(rate(all_total[${window}]))")),
    _b("gate-times", "rollout.gates.0.within", rollout=_gate(hold="5m", within="5m")),
    _b("client-id-missing", "metrics.store.client_id", **{"clusters.{a}.kubernetes.client_id": GONE}),
    _b("client-id-missing", "tenants.main.credential", **{"clusters.{a}.kubernetes.client_id": GONE}),
    _b("client-id-unused", "metrics.store.client_id", OTHER_ID, **{"metrics.store.identity": "env:STORE"}),
    _b("federated-credentials", f"{A}.kubernetes.client_id", **{f"{AZURE}.shards": 30}),
    _b(
        "credential-not-in-pod",
        "tenants.main.credential.kind",
        **{"tenants.main.credential": {"kind": "cli"}},
    ),
    _b("credential-not-in-pod", f"{AZURE}.identity", "cli"),
    _b("vault-part", "metrics.store.identity", "keyvault:shop-vault/store"),
    _b("grafana-anonymous", "grafana", {}),
    _b("grafana-url", "grafana.url", grafana={"entra": {"tenant": "main", "client_id": OTHER_ID}}),
    _b(
        "grafana-url",
        "grafana.url",
        grafana={"url": "http://g.example", "entra": {"tenant": "main", "client_id": OTHER_ID}},
    ),
    _b(
        "unknown-tenant", "grafana.entra.tenant", grafana={"entra": {"tenant": "mian", "client_id": OTHER_ID}}
    ),
    _b("address-loopback", f"{ORDERS}.url", "http://localhost:8080/orders"),
    _b("address-loopback", "alerts.base_url", "http://127.0.0.1:9"),
    _b("heartbeat-inside", "alerts.heartbeat.receiver", "oncall"),
    _b("kubernetes-version-old", f"{A}.version", "1.24"),
    _b("image-versions", "images.versions.thanos", images=_images(thanos="0.36.0")),
    _b("image-versions", "images.versions.prometheus", images=_images(prometheus="3.8.0")),
    _b("image-versions", "images.versions.alertmanager", images=_images(alertmanager="0.27.0")),
    _b("image-version-far", "images.versions.thanos", images=_images(thanos="0.45.0")),
    _b("image-version-untried", "images.versions.node_exporter", images=_images(node_exporter="1.9.0")),
    _b("local-retention-long", f"{A}.prometheus.retention", "15d"),
    _b("store-blocks", "metrics.retention", lambda there: dict.fromkeys(there, "100y")),
)
BROKEN = (*ANYWHERE, *CLUSTERS)


def broken(document: dict[str, Any], change: Broken) -> dict[str, Any]:
    """The document with the change."""
    names = _names(document)
    for path, value in change.changes.items():
        _change(document, _filled(path, names).split("."), _filled(value, names))
    return document


def place(document: dict[str, Any], change: Broken) -> str:
    """The key at which it must be found."""
    return str(_filled(change.at, _names(document)))


def _names(document: dict[str, Any]) -> dict[str, str]:
    hub, first, second = list(document["clusters"])[:3]
    return {
        "hub": hub,
        "a": first,
        "b": second,
        "tenant": document["tenants"]["main"]["id"],
        "subscription": document["subscriptions"][first]["id"],
    }


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str) and value.isascii():
        for name, text in names.items():
            value = value.replace(f"{{{name}}}", text)
        return value
    if isinstance(value, dict):
        return {key: _filled(below, names) for key, below in value.items()}
    if isinstance(value, list):
        return [_filled(below, names) for below in value]
    return value


def _change(node: Any, path: list[str], value: Any) -> None:
    key: Any = int(path[0]) if isinstance(node, list) else path[0]
    if len(path) > 1:
        if isinstance(node, dict):
            node.setdefault(key, {})
        _change(node[key], path[1:], value)
    elif value is GONE:
        del node[key]
    else:
        node[key] = value(node[key]) if callable(value) else value
