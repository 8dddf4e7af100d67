"""grafana.ini: where Grafana listens, who looks, and that it is silent towards the internet.

Contract: grafana/grafana conf/defaults.ini. The sections of a sign-in are in entra.py.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from dashboards.content.estate import DASHBOARD as HOME
from estate.components import DataPath, FilePath, ListenHost, PortNumber, Template, Text, text
from estate.model import Estate, Grafana
from estate.quantities import seconds

PROVISIONING = "provisioning"
FOLDER = "dashboards"
# Grafana gives up after the query does, so that a reader gets Query's own words and not a closed connection.
GRACE_SECONDS = 15
NO_ACCOUNTS = "\n[auth]\ndisable_login_form = true\n\n[auth.anonymous]\nenabled = true\norg_role = Viewer\n"


def loopback() -> Text:
    """Under its own address alone."""
    return text(
        "domain = ",
        ListenHost(),
        "\n; another host name is redirected here, so that no web page can bind its own name to this port\n"
        "enforce_domain = true\n",
    )


def reached(settings: Grafana) -> Text:
    """Under the address that people know. Probes and scrapes come to the pod's own."""
    if settings.url is None:
        return text("enforce_domain = false\n")
    host = urlsplit(settings.url).hostname or ""
    return text(f"domain = {host}\nroot_url = {settings.url.rstrip('/')}/\nenforce_domain = false\n")


def written(estate: Estate, server: Template, signing_in: Template, cookies: str = "") -> Text:
    """grafana.ini: `server` and `signing_in` differ, and all of them are silent towards the internet."""
    return text(
        "[server]\nhttp_addr = ",
        ListenHost(),
        "\nhttp_port = ",
        PortNumber("http"),
        "\n",
        server,
        "\n[paths]\ndata = ",
        DataPath(),
        "\nlogs = ",
        DataPath(below="log"),
        "\nplugins = ",
        DataPath(below="plugins"),
        "\nprovisioning = ",
        FilePath(PROVISIONING),
        f"\n\n[dataproxy]\ntimeout = {timeout(estate)}\n",
        signing_in,
        "\n[security]\ndisable_initial_admin_creation = true\ndisable_gravatar = true\n",
        cookies,
        "\n[users]\nallow_sign_up = false\ndefault_theme = system\n"
        "\n[dashboards]\ndefault_home_dashboard_path = ",
        FilePath(f"{FOLDER}/{HOME.uid}.json"),
        "\n\n[analytics]\nreporting_enabled = false\ncheck_for_updates = false\n"
        "check_for_plugin_updates = false\nfeedback_links_enabled = false\n"
        "\n[news]\nnews_feed_enabled = false\n"
        "\n; an update of the data source fails in a read-only image, and it is gone (#132528)\n"
        "[plugins]\nplugin_admin_enabled = false\npreinstall_disabled = true\n"
        "preinstall_auto_update = false\npublic_key_retrieval_disabled = true\n"
        "\n[snapshots]\nexternal_enabled = false\n"
        "\n; Prometheus and Thanos evaluate alerts, and nothing else does\n"
        "[unified_alerting]\nenabled = false\n"
        "\n[log]\nmode = console\nlevel = warn\n",
    )


def timeout(estate: Estate) -> int:
    """Seconds that Grafana waits for a reply."""
    return seconds(estate.metrics.query.timeout) + GRACE_SECONDS
