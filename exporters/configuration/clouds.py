"""The clouds of Azure by name: where each signs in, is managed, and answers metrics.

Contracts: https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud (authorities),
hashicorp/go-azure-sdk sdk/environments (Azure Resource Manager and its audiences), and Microsoft's client
library azure-monitor-querymetrics (hosts and audiences of the metrics batch API).
"""

from __future__ import annotations

from collections.abc import Mapping

from estate.model import Cloud
from exporters.configuration.endpoints import Endpoints

_CLOUDS: Mapping[Cloud, Mapping[str, str]] = {
    # The defaults of Endpoints.
    "public": {},
    "china": {
        "authority": "https://login.partner.microsoftonline.cn",
        "arm": "https://management.chinacloudapi.cn",
        "metrics": "https://{region}.metrics.monitor.azure.cn",
        "arm_scope": "https://management.chinacloudapi.cn/.default",
        "metrics_scope": "https://metrics.monitor.azure.cn/.default",
    },
    "usgov": {
        "authority": "https://login.microsoftonline.us",
        "arm": "https://management.usgovcloudapi.net",
        "metrics": "https://{region}.metrics.monitor.azure.us",
        "arm_scope": "https://management.usgovcloudapi.net/.default",
        "metrics_scope": "https://metrics.monitor.azure.us/.default",
    },
}
# What differs between clouds; a configuration may give each by itself.
ADDRESSES = tuple(_CLOUDS["china"])


def reached(endpoints: Endpoints, cloud: Cloud) -> Endpoints:
    """The endpoints of a cloud; those that were written in the configuration stay."""
    own = _CLOUDS[cloud]
    return endpoints.model_copy(
        update={key: value for key, value in own.items() if key not in endpoints.model_fields_set}
    )
