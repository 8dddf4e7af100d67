"""An estate of a hub and one cluster with mutual TLS, and certificates as somebody would make them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import trustme

from estate.model import Estate
from tests.thanos.estates import pair

DAY = timedelta(days=1)
HUB, CLUSTER = "hub-weu", "prod-weu"
NAMES = {cluster: f"{cluster}.shop.internal" for cluster in (HUB, CLUSTER)}


def secured(**settings: Any) -> Estate:
    """Certificates by reference: `file:CLUSTER.crt` and `file:CLUSTER.key`; `settings` of metrics.tls."""
    document = pair().model_dump(by_alias=True)
    document["metrics"]["tls"] = {"ca": "file:ca.crt", **settings}
    for cluster, row in document["clusters"].items():
        row["prometheus"]["replicas"] = 1
        row["tls"] = {"kind": "reference", "certificate": f"file:{cluster}.crt", "key": f"file:{cluster}.key"}
    return Estate.model_validate(document)


def certificate(ca: trustme.CA, name: str, *, days: float = 90, begins: float = -1) -> tuple[str, str]:
    """A certificate and its key in PEM, valid from so many days from now on, for so many days from now."""
    now = datetime.now(UTC)
    leaf = ca.issue_cert(name, not_before=now + begins * DAY, not_after=now + days * DAY)
    chain = "".join(blob.bytes().decode() for blob in leaf.cert_chain_pems)
    return chain, leaf.private_key_pem.bytes().decode()


def secrets(ca: trustme.CA, **days: float) -> dict[str, str]:
    """Values of all references; `days` that the certificate of `hub` or of `cluster` is valid for."""
    made = {"file:ca.crt": ca.cert_pem.bytes().decode()}
    for key, cluster in (("hub", HUB), ("cluster", CLUSTER)):
        pem, private = certificate(ca, NAMES[cluster], days=days.get(key, 90), begins=-200)
        made |= {f"file:{cluster}.crt": pem, f"file:{cluster}.key": private}
    return made
