"""Where the parts of one cluster listen. Each cluster on a machine has a number, and its networks follow from
it.
"""

from __future__ import annotations

from dataclasses import dataclass

# The numbers that clusters have: a byte of their addresses.
NUMBERS = range(1, 251)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The networks of the cluster with that number; all are /24 but the link between machine and node."""

    number: int

    @property
    def machine(self) -> str:
        """This machine on the link to the node; the control plane listens here."""
        return f"10.254.{self.number}.1"

    @property
    def node(self) -> str:
        """The node on that link."""
        return f"10.254.{self.number}.2"

    @property
    def api(self) -> str:
        """Base address of the API server."""
        return f"https://{self.machine}:6443"

    @property
    def pods(self) -> str:
        """Range of the pods."""
        return f"10.244.{self.number}.0/24"

    @property
    def services(self) -> str:
        """Range of cluster-internal service addresses."""
        return f"10.96.{self.number}.0/24"

    @property
    def kubernetes(self) -> str:
        """Address of the service `kubernetes`: the first one, which the API server takes by itself."""
        return f"10.96.{self.number}.1"

    @property
    def dns(self) -> str:
        """Address of the DNS service."""
        return f"10.96.{self.number}.10"

    @property
    def balancers(self) -> str:
        """Range of what stands for the cloud's load balancers; any pod of any cluster reaches it."""
        return f"10.100.{self.number}.0/24"

    def balancer(self, index: int) -> str:
        """An address of that range; `index` counts from 0 and is below 250."""
        return f"10.100.{self.number}.{index + 4}"

    @property
    def routed(self) -> tuple[str, ...]:
        """Ranges that this machine sends to the node."""
        return (self.pods, self.services, self.balancers)
