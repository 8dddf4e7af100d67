"""Grafana as a component: provisioned with the Thanos data source and our dashboards.

On one machine it has no accounts. On the hub people sign in by Entra; where the estate does not say how,
nobody but pods of ours and port-forwards reaches it, to look at things and change none.

Contracts: https://grafana.com/docs/grafana/latest/administration/provisioning/ (data sources, dashboards),
https://grafana.com/docs/grafana/latest/datasources/prometheus/configure/ (jsonData),
grafana/grafana conf/defaults.ini.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboards import entra, ini
from dashboards.ini import FOLDER, PROVISIONING
from dashboards.publishing.files import provider
from dashboards.render import documents
from estate.components import (
    Address,
    Command,
    Component,
    DataPath,
    File,
    FilePath,
    FromImage,
    Probe,
    Program,
    Resources,
    SecretValue,
    Template,
    Text,
    text,
)
from estate.errors import SurroundingsError
from estate.model import Estate, Grafana
from estate.quantities import seconds

CONFIG = "grafana.ini"
# Where the distributions' packages put it.
SYSTEM = Path("/usr/share/grafana")
DATA_SOURCE_UID = "thanos"
# Grafana knows Thanos versions up to this one, which it takes to mean all later ones too
# (packages/grafana-prometheus/src/configuration/PromFlavorVersions.ts).
LATEST_KNOWN_THANOS = "0.31.1"
# The image names its own paths in variables, which come before any file.
_PATHS: Mapping[str, Template] = {
    "GF_PATHS_CONFIG": text(FilePath(CONFIG)),
    "GF_PATHS_DATA": text(DataPath()),
    "GF_PATHS_LOGS": text(DataPath(below="log")),
    "GF_PATHS_PLUGINS": text(DataPath(below="plugins")),
    "GF_PATHS_PROVISIONING": text(FilePath(PROVISIONING)),
}


def component(estate: Estate, query: Address, binary: str) -> Component:
    """Grafana over the global query at `query` (the query frontend).

    `binary` is the path of the grafana program; its own files are found from there. Raises
    SurroundingsError when they are not.
    """
    arguments = ("server", f"--homepath={home(binary)}", text("--config=", FilePath(CONFIG)))
    files = _files(estate, query, ini.written(estate, ini.loopback(), ini.NO_ACCOUNTS))
    return _component(estate, query, Program(binary), files, arguments=arguments)


def component_of_hub(estate: Estate, settings: Grafana, query: Address) -> Component:
    """The official image in the hub, over the global query at `query`."""
    signing_in: Template = ini.NO_ACCOUNTS
    files: tuple[File, ...] = ()
    identity = ""
    if settings.entra is not None:
        signing_in = entra.sections(estate, settings.entra)
        if settings.entra.client_secret is None:
            identity = "grafana-entra"
        else:
            secret = text(SecretValue(settings.entra.client_secret))
            files = (File(entra.SECRET_FILE, secret, secret=True),)
    # Over HTTPS alone, where that is how people come.
    cookies = "cookie_secure = true\n" if (settings.url or "").startswith("https:") else ""
    config = ini.written(estate, ini.reached(settings), signing_in, cookies)
    return _component(
        estate,
        query,
        FromImage("grafana"),
        (*_files(estate, query, config), *files),
        environment=_PATHS,
        identity=identity,
        guarded=settings.entra is not None,
    )


def _component(
    estate: Estate, query: Address, command: Command, files: tuple[File, ...], **more: Any
) -> Component:
    return Component(
        name="grafana",
        kind="grafana",
        cluster=estate.hub,
        command=command,
        ports={"http": 3000},
        ready=Probe("http", "/api/health"),
        metrics=("http", "/metrics"),
        files=files,
        storage="1Gi",
        needs=(query.component,),
        resources=Resources("100m", "256Mi", "1Gi"),
        **more,
    )


def _files(estate: Estate, query: Address, config: Text) -> tuple[File, ...]:
    return (
        File(CONFIG, config),
        File(f"{PROVISIONING}/datasources/thanos.yaml", data_source(estate, query)),
        File(f"{PROVISIONING}/dashboards/singlepane.yaml", provider(text(FilePath(FOLDER)))),
        # Grafana reads them anew when they change.
        *(File(f"{FOLDER}/{name}", rendered, apart=True) for name, rendered in documents().items()),
    )


def home(binary: str) -> Path:
    """Where the files are that belong to a grafana program: beside it (archive), or where packages put
    them.
    """
    program = Path(binary).resolve()
    places = (
        program.parent.parent,
        program.parent.parent / "share" / "grafana",
        SYSTEM,
    )
    for place in places:
        if (place / "conf" / "defaults.ini").is_file():
            return place
    raise SurroundingsError(
        f"the files of {binary} are not found: no conf/defaults.ini in {', '.join(map(str, places))}",
        "Name the program inside an unpacked Grafana, such as grafana/bin/grafana, as local.grafana.",
    )


def data_source(estate: Estate, query: Address) -> dict[str, object]:
    """The provisioning document of the data source, as Grafana reads it."""
    return {
        "apiVersion": 1,
        # What an earlier version of this file provisioned and this one does not is removed.
        "prune": True,
        "datasources": [
            {
                "name": "Thanos",
                "uid": DATA_SOURCE_UID,
                "type": "prometheus",
                "access": "proxy",
                "url": text("http://", query),
                "isDefault": True,
                "editable": False,
                "jsonData": {
                    "httpMethod": "POST",
                    "prometheusType": "Thanos",
                    "prometheusVersion": LATEST_KNOWN_THANOS,
                    # The window of every rate is four of these: one longer than the slowest scrape would
                    # miss none.
                    "timeInterval": f"{slowest_scrape(estate)}s",
                    "queryTimeout": estate.metrics.query.timeout,
                    "timeout": ini.timeout(estate),
                    "cacheLevel": "Low",
                    "disableRecordingRules": False,
                    "manageAlerts": False,
                },
            }
        ],
    }


def slowest_scrape(estate: Estate) -> int:
    """Seconds between two samples of a series, in the cluster that scrapes most seldom."""
    return max(seconds(cluster.prometheus.scrape_interval) for cluster in estate.clusters.values())
