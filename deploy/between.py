"""TLS between clusters: where its certificates come from on each target, and the gates for alerts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deploy import local_secrets
from estate.components import (
    Address,
    Component,
    File,
    FilePath,
    Issued,
    Listen,
    Own,
    Probe,
    Resources,
    SecretValue,
    text,
)
from estate.model import Estate, IssuedCertificate, TlsSettings
from thanos.tls import AUTHORITY, CERTIFICATE, KEY, Pair, Tls

KIND = "alert-gate"
WEB = "web.yaml"
CLUSTERS = "clusters.yaml"


def in_clusters(estate: Estate) -> Tls | None:
    """Certificates by reference, and of cert-manager where it issues them; None without TLS."""
    settings = _needed(estate)
    if settings is None:
        return None
    return _tls(estate, settings, {name: _pair(estate, name) for name in estate.clusters})


def on_one_machine(estate: Estate, state: Path) -> Tls | None:
    """The same on one machine, which has no cert-manager: as soon as it would issue one, all certificates are
    of an authority of this machine's own. Raises OSError.
    """
    settings = _needed(estate)
    if settings is None:
        return None
    if not any(isinstance(row.tls, IssuedCertificate) for row in estate.clusters.values()):
        return in_clusters(estate)
    names = {name: estate.tls_name(name) for name in estate.clusters}
    made = local_secrets.issued(state / "secrets" / "tls", names)
    authority = text(SecretValue(f"file:{made.authority}"))
    pairs = {
        name: Pair(text(SecretValue(f"file:{row.certificate}")), text(SecretValue(f"file:{row.key}")))
        for name, row in made.pairs.items()
    }
    return Tls(estate.hub, authority, authority, names, pairs)


def _needed(estate: Estate) -> TlsSettings | None:
    return estate.metrics.tls if len(estate.clusters) > 1 else None


def _tls(estate: Estate, settings: TlsSettings, pairs: dict[str, Pair]) -> Tls:
    return Tls(
        hub=estate.hub,
        ca=text(SecretValue(settings.ca)),
        hub_ca=text(SecretValue(settings.hub_ca or settings.ca)),
        names={name: estate.tls_name(name) for name in estate.clusters},
        pairs=pairs,
    )


def _pair(estate: Estate, cluster: str) -> Pair:
    row = estate.clusters[cluster].tls
    if row is None:
        raise ValueError(f"cluster {cluster} has no certificate, which the checks refuse")
    if isinstance(row, IssuedCertificate):
        return Pair(text(Issued("tls.crt")), text(Issued("tls.key")))
    return Pair(text(SecretValue(row.certificate)), text(SecretValue(row.key)))


def gates(estate: Estate, tls: Tls | None, alertmanagers: int = 1) -> tuple[Component, ...]:
    """A gate before each Alertmanager, in the hub: each cluster sends to all of them, as without TLS.

    prometheus-operator cannot run an Alertmanager that asks for certificates itself: neither the kubelet's
    probes nor its own reloader have one (0.93.1).
    """
    if tls is None:
        return ()
    numbers: Iterable[int | None] = range(alertmanagers) if alertmanagers > 1 else (None,)
    return tuple(_gate(estate, tls, number) for number in numbers)


def _gate(estate: Estate, tls: Tls, replica: int | None) -> Component:
    suffix = "" if replica is None else f"-{replica}"
    senders = {tls.names[cluster]: cluster for cluster in estate.workloads()}
    web = {
        "tls_server_config": {
            "cert_file": text(FilePath(CERTIFICATE)),
            "key_file": text(FilePath(KEY)),
            "client_ca_file": text(FilePath(AUTHORITY)),
            "client_auth_type": "RequireAndVerifyClientCert",
            "client_allowed_sans": list(senders),
            "min_version": "TLS13",
        }
    }
    return Component(
        name=f"{KIND}{suffix}",
        kind=KIND,
        cluster=estate.hub,
        replica=replica,
        command=Own(),
        arguments=(
            "gate",
            "--alertmanager",
            text("http://", Address(f"alertmanager{suffix}", "http")),
            "--web.config.file",
            text(FilePath(WEB)),
            "--clusters",
            text(FilePath(CLUSTERS)),
            "--hub",
            estate.hub,
            "--listen",
            text(Listen("https")),
            "--metrics-listen",
            text(Listen("http")),
        ),
        ports={"http": 8080, "https": 8443},
        ready=Probe("http", "/readyz"),
        metrics=("http", "/metrics"),
        files=(File(WEB, web), File(CLUSTERS, senders), *tls.files(estate.hub)),
        resources=Resources("50m", "96Mi", "256Mi"),
    )
