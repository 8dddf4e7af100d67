"""Where Azure is, and in which version its APIs are called: the public cloud, another one, or a simulator."""

from __future__ import annotations

from typing import Annotated

from estate.model import Row
from estate.quantities import Duration
from estate.spelling import Spelling

Url = Annotated[
    str,
    Spelling(
        "invalid-url", "https address", r"https://[^\s?#@]+", "an address that begins with https://", 300
    ),
]


class ApiVersions(Row):
    """The `api-version` of each API; clouds other than the public one can lag."""

    graph: str = "2024-04-01"
    """Resource Graph."""
    resources: str = "2025-04-01"
    """Resource listing."""
    subscriptions: str = "2022-12-01"
    """Subscription listing."""
    definitions: str = "2024-02-01"
    """Metric definitions."""
    batch: str = "2024-02-01"
    """Metrics batch."""
    metrics: str = "2024-02-01"
    """Metrics of one resource, and of a subscription."""


class Endpoints(Row):
    """How Azure is reached. The defaults are the public cloud."""

    authority: Url = "https://login.microsoftonline.com"
    """Where tokens come from."""
    arm: Url = "https://management.azure.com"
    """Azure Resource Manager: resources, Resource Graph, metric definitions."""
    metrics: Url = "https://{region}.metrics.monitor.azure.com"
    """The metrics batch API; `{region}` becomes the region of the resources."""
    arm_scope: str = "https://management.azure.com/.default"
    """Token scope of Azure Resource Manager."""
    metrics_scope: str = "https://metrics.monitor.azure.com/.default"
    """Token scope of the metrics batch API."""
    ca_file: str = ""
    """PEM bundle to trust in place of the system's."""
    client_id: str = ""
    """Which identity signs in; empty for AZURE_CLIENT_ID of the environment."""
    api_versions: ApiVersions = ApiVersions()
    """The `api-version` of each API."""
    lag: Duration = "3m"
    """Azure's newest points are not final. A point is read once it is this old; more where a type is seen to
    be later.
    """
