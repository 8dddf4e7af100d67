"""Addresses of loopback: to a pod they are the pod itself.

Source: https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from estate.model import Estate, JsonExporter
from estate.problems import Problem


def loopback(estate: Estate) -> Iterator[Problem]:
    """What is read and linked to is not on the machine where the file was tried out."""
    for name, row in estate.exporters.items():
        if isinstance(row, JsonExporter) and _here(row.url):
            message = f"{urlsplit(row.url).hostname} is the exporter's own pod: nothing answers there"
            fix = "write the name of the Service, such as http://orders.shop.svc:8080"
            yield Problem("address-loopback", ("exporters", name, "url"), message, fix)
    if estate.alerts.base_url is not None and _here(estate.alerts.base_url):
        message = f"{urlsplit(estate.alerts.base_url).hostname} is the machine of whoever reads the alert"
        fix = "write where people reach the status page, or leave it out"
        yield Problem("address-loopback", ("alerts", "base_url"), message, fix)


def _here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
