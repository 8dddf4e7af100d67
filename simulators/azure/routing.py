"""Which API a request means: by the real host name it was sent to, or by a path prefix on any other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, unquote

from simulators.azure import entra
from simulators.azure.replies import Request

Room = Literal["entra", "arm", "metrics", "admin"]

ENTRA_HOSTS = frozenset(
    {
        "login.microsoftonline.com",
        "login.chinacloudapi.cn",
        "login.partner.microsoftonline.cn",
        "login.microsoftonline.us",
    }
)
ARM_HOSTS = frozenset({"management.azure.com", "management.chinacloudapi.cn", "management.usgovcloudapi.net"})
METRICS_DOMAINS = ("metrics.monitor.azure.com", "metrics.monitor.azure.cn", "metrics.monitor.azure.us")

_METRICS_HOST = re.compile(rf"([a-z0-9]+)\.(?:{'|'.join(re.escape(one) for one in METRICS_DOMAINS)})")
_METRICS_PREFIX = re.compile(r"/metrics/([A-Za-z0-9]+)(?=/)")


class Target(NamedTuple):
    """A request and the room of the simulator that answers it."""

    room: Room
    request: Request


def route(
    method: str, host: str, raw_path: str, raw_query: str, headers: Mapping[str, str], body: bytes
) -> Target:
    """Read a request. `raw_path` and `raw_query` are as they were sent, `host` is the Host header."""
    name = host.lower().split(":")[0]
    origin = f"https://{host}"
    room: Room = "arm"
    region, prefix = "", ""
    if match := _METRICS_HOST.fullmatch(name):
        room, region = "metrics", match[1]
    elif name in ENTRA_HOSTS:
        room = "entra"
    elif name in ARM_HOSTS:
        room = "arm"
    elif raw_path.startswith("/sim/"):
        room = "admin"
    elif raw_path.startswith("/entra/"):
        room, prefix = "entra", "/entra"
    elif raw_path.startswith("/arm/"):
        room, prefix = "arm", "/arm"
    elif match := _METRICS_PREFIX.match(raw_path):
        room, prefix, region = "metrics", match[0], match[1].lower()
    elif entra.handles(raw_path):
        room = "entra"
    rest = raw_path[len(prefix) :]
    query = {key.lower(): text for key, text in parse_qsl(raw_query, keep_blank_values=True)}
    return Target(
        room,
        Request(
            method=method,
            base=origin + prefix,
            path=unquote(rest),
            raw_path=rest,
            query=query,
            headers=headers,
            body=body,
            region=region,
        ),
    )
