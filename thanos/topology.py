"""The wiring: which component talks to which, read in one look.

scraped ──> Prometheus ──> sidecar ──┐                  ┌── query frontend <── dashboards
                │             │      ├──(StoreAPI)──> query <── ruler ──> Alertmanager
                │             v      │                  │                      ^
                │           bucket ──┴── store gateway  └──(StoreAPI)── ruler  │
                │             ^                                                │
                │         compactor                                            │
                └─────────────────── alerts of one cluster ────────────────────┘
"""

from __future__ import annotations

from estate.components import Address, Component
from estate.model import Estate
from thanos import objstore, prometheus, rule
from thanos.alertmanager import alertmanagers as alertmanagers_of
from thanos.compact import compact
from thanos.objstore import Bucket
from thanos.query import query
from thanos.query_frontend import query_frontend
from thanos.setting import Setting
from thanos.sidecar import sidecar
from thanos.store import store
from thanos.timing import DEMONSTRATION, PRODUCTION


def components(estate: Estate, setting: Setting) -> tuple[Component, ...]:
    """Prometheus and a sidecar for each replica of each cluster, and the global parts on the hub."""
    timing = DEMONSTRATION if setting.fast else PRODUCTION
    workload = estate.metrics.store.identity == "workload"
    bucket = Bucket(setting.objstore, setting.store_needs, objstore.IDENTITY if workload else "")

    servers = [
        prometheus.server(estate, cluster, replica, timing)
        for cluster, row in estate.clusters.items()
        for replica in range(row.prometheus.replicas)
    ]
    tls = setting.tls
    secured = {cluster: tls for cluster in estate.clusters if cluster != estate.hub}
    sidecars = [sidecar(server, bucket.existing, timing, secured.get(server.cluster)) for server in servers]
    gateway = store(estate, bucket, timing)
    stores: list[Component | Address] = [*sidecars, gateway, rule.STORE_API]
    view = query(estate, stores, [each.name for each in sidecars if each.cluster == estate.hub], tls)
    frontend = query_frontend(view)
    managers = alertmanagers_of(
        estate, setting.alertmanager, setting.alertmanager_files, setting.alertmanagers
    )
    alertmanagers = [manager.address("http") for manager in managers]
    global_rules = [each for each in setting.rules if each.scope == "global"]
    ruler = rule.rule(estate, bucket.existing, global_rules, view.address("http"), alertmanagers, timing)
    compactor = compact(estate, bucket.made_by(gateway), timing)

    global_parts = (gateway, view, frontend, ruler, compactor, *managers)
    beside: dict[str, list[Component]] = {cluster: [] for cluster in estate.clusters}
    for each in (*servers, *sidecars, *global_parts, *setting.others):
        beside[each.cluster].append(each)

    def complete(server: Component) -> Component:
        scopes = ("cluster", "hub") if server.cluster == estate.hub else ("cluster",)
        return prometheus.configured(
            server,
            estate,
            scraped=beside[server.cluster],
            rules=[each for each in setting.rules if each.scope in scopes],
            alertmanagers=setting.gates if tls and server.cluster in secured else alertmanagers,
            timing=timing,
            tls=secured.get(server.cluster),
        )

    return (*map(complete, servers), *sidecars, *global_parts)
