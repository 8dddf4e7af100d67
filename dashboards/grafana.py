"""Grafana as a component: provisioned with the Thanos data source and our dashboards, without accounts.

Contracts: https://grafana.com/docs/grafana/latest/administration/provisioning/ (data sources, dashboards),
https://grafana.com/docs/grafana/latest/datasources/prometheus/configure/ (jsonData),
grafana/grafana conf/defaults.ini.
"""

from __future__ import annotations

from pathlib import Path

from dashboards.content.estate import DASHBOARD as HOME
from dashboards.render import documents
from estate.components import (
    Address,
    Component,
    DataPath,
    File,
    FilePath,
    ListenHost,
    PortNumber,
    Probe,
    Program,
    Resources,
    Text,
    text,
)
from estate.errors import SurroundingsError
from estate.model import Estate
from estate.quantities import seconds

CONFIG = "grafana.ini"
PROVISIONING = "provisioning"
FOLDER = "dashboards"
# Where the distributions' packages put it.
SYSTEM = Path("/usr/share/grafana")
DATA_SOURCE_UID = "thanos"
# Grafana knows Thanos versions up to this one, which it takes to mean all later ones too
# (packages/grafana-prometheus/src/configuration/PromFlavorVersions.ts).
LATEST_KNOWN_THANOS = "0.31.1"
# Grafana gives up after the query does, so that a reader gets Query's own words and not a closed connection.
GRACE_SECONDS = 15


def component(estate: Estate, query: Address, binary: str) -> Component:
    """Grafana over the global query at `query` (the query frontend).

    `binary` is the path of the grafana program; its own files are found from there. Raises
    SurroundingsError when they are not.
    """
    return Component(
        name="grafana",
        kind="grafana",
        cluster=estate.hub,
        command=Program(binary),
        arguments=("server", f"--homepath={home(binary)}", text("--config=", FilePath(CONFIG))),
        ports={"http": 3000},
        ready=Probe("http", "/api/health"),
        metrics=("http", "/metrics"),
        files=(
            File(CONFIG, _config(estate)),
            File(f"{PROVISIONING}/datasources/thanos.yaml", data_source(estate, query)),
            File(f"{PROVISIONING}/dashboards/singlepane.yaml", _provider()),
            *(File(f"{FOLDER}/{name}", rendered) for name, rendered in documents().items()),
        ),
        storage="1Gi",
        needs=(query.component,),
        resources=Resources(cpu="100m", memory="256Mi"),
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
                    "timeInterval": f"{_slowest_scrape(estate)}s",
                    "queryTimeout": estate.metrics.query.timeout,
                    "timeout": _timeout(estate),
                    "cacheLevel": "Low",
                    "disableRecordingRules": False,
                    "manageAlerts": False,
                },
            }
        ],
    }


def _provider() -> dict[str, object]:
    """The provisioning document that names the folder of our dashboards."""
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": "singlepane",
                "folder": "singlepane",
                "type": "file",
                "disableDeletion": False,
                "allowUiUpdates": False,
                "updateIntervalSeconds": 30,
                "options": {"path": text(FilePath(FOLDER))},
            }
        ],
    }


def _config(estate: Estate) -> Text:
    """grafana.ini: loopback under its own address alone, readable without an account, silent towards the
    internet.
    """
    return text(
        "[server]\nhttp_addr = ",
        ListenHost(),
        "\nhttp_port = ",
        PortNumber("http"),
        "\ndomain = ",
        ListenHost(),
        "\n; another host name is redirected here, so that no web page can bind its own name to this port\n"
        "enforce_domain = true\n\n[paths]\ndata = ",
        DataPath(),
        "\nlogs = ",
        DataPath(below="log"),
        "\nplugins = ",
        DataPath(below="plugins"),
        "\nprovisioning = ",
        FilePath(PROVISIONING),
        f"\n\n[dataproxy]\ntimeout = {_timeout(estate)}\n"
        "\n[auth]\ndisable_login_form = true\n"
        "\n[auth.anonymous]\nenabled = true\norg_role = Viewer\n"
        "\n[security]\ndisable_initial_admin_creation = true\ndisable_gravatar = true\n"
        "\n[users]\nallow_sign_up = false\ndefault_theme = system\n"
        "\n[dashboards]\ndefault_home_dashboard_path = ",
        FilePath(f"{FOLDER}/{HOME.uid}.json"),
        "\n\n[analytics]\nreporting_enabled = false\ncheck_for_updates = false\n"
        "check_for_plugin_updates = false\nfeedback_links_enabled = false\n"
        "\n[news]\nnews_feed_enabled = false\n"
        "\n[plugins]\nplugin_admin_enabled = false\npreinstall_disabled = true\n"
        "preinstall_auto_update = false\npublic_key_retrieval_disabled = true\n"
        "\n[snapshots]\nexternal_enabled = false\n"
        "\n; Prometheus and Thanos evaluate alerts, and nothing else does\n"
        "[unified_alerting]\nenabled = false\n"
        "\n[log]\nmode = console\nlevel = warn\n",
    )


def _slowest_scrape(estate: Estate) -> int:
    return max(seconds(cluster.prometheus.scrape_interval) for cluster in estate.clusters.values())


def _timeout(estate: Estate) -> int:
    return seconds(estate.metrics.query.timeout) + GRACE_SECONDS
