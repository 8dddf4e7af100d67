"""With TLS between clusters: each cluster shows a certificate of its own that lasts, and asks for one.

Source: one date can take all clusters at once (thanos-io/thanos#977, invariant I34).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.replica import Replica
from deploy.verify.shown import Shown, shown
from estate.model import IssuedCertificate

LEAST = timedelta(days=21)
# Of a life that is too short for that: cert-manager renews in its last third.
LEAST_SHARE = 4


async def prove(ground: Ground, replica: Replica) -> str:
    """At the gates in the hub, at the sidecars elsewhere: what serves with it also asks others with it."""
    cluster = replica.cluster
    name = ground.estate.tls_name(cluster)
    kind, port = ("alert-gate", "https") if cluster == ground.estate.hub else ("sidecar", "grpc")
    servers = ground.of_kind(kind, cluster=cluster)
    if not servers:
        raise Broken(
            f"the estate asks for TLS, and no {kind} of {cluster} runs: it changed after `singlepane up`",
            "Run `singlepane up` again so that what runs is what the file says.",
            final=True,
        )
    ends = []
    for server in servers:
        await ground.reach(server.name, port)
        try:
            seen = await shown(server.addresses[port], name)
        except (OSError, ValueError) as error:
            raise Broken(
                f"{server.name} shows no certificate: {error or type(error).__name__}",
                f"See with `singlepane logs {server.name}` whether it could read its certificate.",
            ) from None
        if wrong := _wrong(seen, name, datetime.now(UTC)):
            said = f"the certificate of {cluster}, which {server.name} shows, {wrong}"
            raise Broken(said, _remedy(ground, cluster), final=True)
        if not seen.asks:
            raise Broken(
                f"{server.name} answers those who have no certificate",
                f"Restart it with the files of the estate: `singlepane restart {server.name}`.",
                final=True,
            )
        ends.append(seen.ends)
    return f"{name}, valid until {min(ends):%Y-%m-%d}"


def _wrong(seen: Shown, name: str, now: datetime) -> str:
    """What is wrong with a certificate, empty for nothing."""
    if name not in seen.names:
        return f"bears the name {' and '.join(seen.names) or 'of nobody'}, and not {name}"
    if now >= seen.ends:
        return f"expired on {_day(seen.ends)}: nobody takes it any more"
    if now < seen.begins:
        return f"is valid from {_day(seen.begins)} on: until then nobody takes it"
    least = min(LEAST, (seen.ends - seen.begins) / LEAST_SHARE)
    if seen.ends - now < least:
        days = (seen.ends - now).days
        return f"expires on {_day(seen.ends)}, in {days} days: it must be valid for {least.days} more"
    return ""


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d at %H:%M} UTC"


def _remedy(ground: Ground, cluster: str) -> str:
    if ground.in_clusters and isinstance(ground.estate.clusters[cluster].tls, IssuedCertificate):
        return "See what keeps cert-manager from issuing it: the events of Certificate singlepane-tls."
    points = f"clusters.{cluster}.tls points"
    return f"Put a new certificate and its key where {points}, and run `singlepane up` again."


def applies(ground: Ground, replica: Replica) -> bool:
    """Only where the estate asks for TLS."""
    return ground.estate.metrics.tls is not None and len(ground.estate.clusters) > 1


HOP = Hop(
    name="certificates-valid",
    proves="Each cluster shows a certificate with its own name, valid for 21 days, and asks for one.",
    scope="cluster",
    patience=20,
    prove=prove,
    applies=applies,
)
