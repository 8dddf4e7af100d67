"""Where Azure is, and in which version its APIs are called: the public cloud, another one, or a simulator."""

from __future__ import annotations

import re
from typing import Annotated

from estate.model import Row
from estate.names import Uuid
from estate.quantities import Duration
from estate.spelling import Spelling, shown


def _plain(url: str) -> str:
    """A wrong address as a message may show it: what can hold a secret is left out."""
    return shown(re.sub(r"[^/]*@", "…@", re.split(r"[?#]", url)[0]))


Url = Annotated[
    str,
    Spelling(
        "invalid-url",
        "https address",
        r"https://[^\s?#@]+",
        "an address that begins with https://, without user and query",
        300,
        show=_plain,
    ),
]
# No point is waited for longer.
LONGEST_LAG_SECONDS = 900

TokenScope = Annotated[
    str,
    Spelling(
        "invalid-url",
        "token scope",
        r"https://[^\s?#@]+/\.default",
        "an address that begins with https:// and ends in /.default",
        300,
        lambda value: f"{value.rstrip('/')}/.default",
        show=_plain,
    ),
]
ApiVersion = Annotated[
    str,
    Spelling(
        "invalid-version",
        "api-version",
        r"\d{4}-\d{2}-\d{2}(-preview)?",
        "a date, such as 2024-02-01 or 2024-02-01-preview",
        20,
    ),
]


class ApiVersions(Row):
    """The `api-version` of each API; clouds other than the public one can lag."""

    graph: ApiVersion = "2024-04-01"
    """Resource Graph."""
    resources: ApiVersion = "2025-04-01"
    """Resource listing."""
    subscriptions: ApiVersion = "2022-12-01"
    """Subscription listing."""
    definitions: ApiVersion = "2024-02-01"
    """Metric definitions."""
    batch: ApiVersion = "2024-02-01"
    """Metrics batch."""
    metrics: ApiVersion = "2024-02-01"
    """Metrics of one resource, and of a subscription."""


class Endpoints(Row):
    """How Azure is reached. The defaults are the public cloud; `exporters/configuration/clouds.py` has the
    others.
    """

    authority: Url = "https://login.microsoftonline.com"
    """Where tokens come from."""
    arm: Url = "https://management.azure.com"
    """Azure Resource Manager: resources, Resource Graph, metric definitions."""
    metrics: Url = "https://{region}.metrics.monitor.azure.com"
    """The metrics batch API; `{region}` becomes the region of the resources."""
    arm_scope: TokenScope = "https://management.azure.com/.default"
    """Token scope of Azure Resource Manager."""
    metrics_scope: TokenScope = "https://metrics.monitor.azure.com/.default"
    """Token scope of the metrics batch API."""
    ca_file: str = ""
    """PEM bundle to trust in place of the system's."""
    client_id: Uuid | None = None
    """Which identity signs in where a tenant's credential names none; else AZURE_CLIENT_ID of the
    environment.
    """
    api_versions: ApiVersions = ApiVersions()
    """The `api-version` of each API."""
    lag: Duration = "3m"
    """Azure's newest points are not final. A point is published once it is this old, or as old as its type is
    seen to need.
    """
