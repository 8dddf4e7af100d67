"""Addresses: where the other clusters reach a cluster.

Source: each sidecar is a StoreAPI of the hub's Query (https://thanos.io/tip/components/query.md/), and every
Prometheus names each Alertmanager (https://prometheus.io/docs/alerting/latest/alertmanager/#high-availability).
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate
from estate.problems import Problem


def addresses(estate: Estate) -> Iterator[Problem]:
    """With a second cluster, each needs an address, and each one of its own."""
    if len(estate.clusters) == 1:
        return
    first: dict[str, str] = {}
    for name, row in estate.clusters.items():
        address = row.kubernetes.address
        path = ("clusters", name, "kubernetes", "address")
        if address is None:
            why = (
                "no other cluster could send its alerts to the hub's Alertmanagers"
                if name == estate.hub
                else "the hub could not read its sidecars, and its newest data would be missing"
            )
            fix = "write the address of its internal load balancer, an IPv4 address or a DNS name"
            yield Problem("address-missing", path, f"{name!r} has no address: {why}", fix)
        elif (other := first.setdefault(address, name)) != name:
            message = (
                f"{other!r} and {name!r} are both reached at {address}: one would be read twice, one never"
            )
            yield Problem("address-twice", path, message, "give each cluster an address of its own")
