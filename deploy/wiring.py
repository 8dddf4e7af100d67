"""The estate as `singlepane up` runs it: read top to bottom, this is the topology of one machine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import exporters.components
import thanos.topology
from alerts import receivers, routing, rules
from dashboards import grafana
from deploy import between, local_secrets, stand_ins
from deploy.server import server
from estate.components import Address, Component
from estate.model import AzureExporter, Estate
from exporters.components import AzureEndpoints, Peers
from thanos import objstore
from thanos.setting import Setting

ObjectStore = Literal["azurite", "files"]
# Exporters that alerts can be about on a machine.
RUNS = ("node-exporter",)


def local_components(
    estate: Estate, estate_file: Path, state: Path, store: ObjectStore = "azurite", grafana_binary: str = ""
) -> tuple[Component, ...]:
    """All components of the estate on one machine; each names what it needs.

    `state` is the state folder: it takes the secrets of the stand-ins. Grafana is among the components where
    `grafana_binary` names one. Raises UsageError when the estate cannot run on one machine as it is.
    """
    stands_in: list[Component] = []
    azure: AzureEndpoints | None = None
    if any(isinstance(row, AzureExporter) for row in estate.exporters.values()):
        fleet = stand_ins.fleet(estate, estate_file)
        simulator = stand_ins.azure_simulator(estate, fleet)
        azure = stand_ins.azure_endpoints(simulator, fleet)
        stands_in.append(simulator)
    replaced: dict[str, Address] = {}
    if estate.local.replace:
        shop = stand_ins.shop(estate)
        replaced = dict.fromkeys(estate.local.replace, shop.address())
        stands_in.append(shop)
    page = server(estate, estate_file, state)
    nodes = (stand_ins.node_exporter(cluster) for cluster in estate.workloads())
    tls = between.on_one_machine(estate, state)
    gates = between.gates(estate, tls)
    made = exporters.components.components(estate, Peers(azure, replaced))
    others = (*stands_in, page, *nodes, *made, *gates)

    if store == "azurite":
        key = local_secrets.made(state, "azurite-key")
        blobs = stand_ins.azurite(estate, key)
        bucket = objstore.azurite(estate.metrics.store, blobs.address(), key)
        storage: tuple[Component, ...] = (blobs,)
    else:
        bucket = objstore.files(str(state / "data" / "bucket"))
        storage = ()

    metrics = thanos.topology.components(
        estate,
        Setting(
            others=others,
            rules=rules.rule_files(estate, runs=RUNS),
            alertmanager=routing.configuration(estate, page.address()),
            alertmanager_files=receivers.secret_files(estate),
            objstore=bucket,
            store_needs=tuple(each.name for each in storage),
            tls=tls,
            gates=tuple(each.address("https") for each in gates),
            fast=True,
        ),
    )
    shown = (
        (grafana.component(estate, Address("query-frontend", "http"), grafana_binary),)
        if grafana_binary
        else ()
    )
    return (*storage, *others, *metrics, *shown)
