"""The estate as it runs in its clusters: the same components as on one machine, without stand-ins."""

from __future__ import annotations

import exporters.components
import thanos.topology
from alerts import receivers, routing, rules
from deploy import between
from deploy.server import PORT as SERVER_PORT
from deploy.server import server_of_hub
from estate.components import Address, Component, RuleFile
from estate.model import Estate
from estate.model.alerts import ALERTMANAGERS
from exporters.components import Peers
from thanos import objstore
from thanos.setting import Setting

# Exporters that alerts can be about in every cluster: those of `targets/kubernetes/objects`.
RUNS = ("cadvisor", "coredns", "kube-apiserver", "kube-state-metrics", "kubelet", "node-exporter")


def cluster_components(estate: Estate) -> tuple[Component, ...]:
    """All components of the estate, each in its cluster."""
    page = server_of_hub(estate)
    tls = between.in_clusters(estate)
    gates = between.gates(estate, tls, ALERTMANAGERS)
    others = (page, *exporters.components.components(estate, Peers()), *gates)
    metrics = thanos.topology.components(
        estate,
        Setting(
            others=others,
            rules=rule_files(estate),
            alertmanager=routing.configuration(estate, page.address()),
            alertmanager_files=receivers.secret_files(estate),
            alertmanagers=ALERTMANAGERS,
            objstore=objstore.azure(estate.metrics.store),
            tls=tls,
            gates=tuple(each.address("https") for each in gates),
            fast=estate.metrics.timing == "demonstration",
        ),
    )
    return (*others, *metrics, *_grafana(estate))


def _grafana(estate: Estate) -> tuple[Component, ...]:
    """Where the estate has one."""
    if estate.grafana is None:
        return ()
    # With grafanalib: a fifth of a second that other estates do not need.
    from dashboards.grafana import component_of_hub  # noqa: PLC0415 - as above

    return (component_of_hub(estate, estate.grafana, Address("query-frontend", "http")),)


def rule_files(estate: Estate) -> tuple[RuleFile, ...]:
    """The rules, with links to where people reach the server; its name in the hub where nobody said.

    Dashboards are those of Grafana, where the estate says how people reach it.
    """
    inside = f"http://server.{estate.clusters[estate.hub].kubernetes.namespace}.svc:{SERVER_PORT}"
    reached = estate.grafana.url if estate.grafana else None
    boards = f"{reached.rstrip('/')}/d/" if reached else None
    return rules.rule_files(estate, (estate.alerts.base_url or inside).rstrip("/"), RUNS, boards)
