"""A client certificate that has ended, as a kubeconfig holds it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme


def user(pki: Path) -> dict[str, str]:
    """The user of a kubeconfig: an administrator of the authority in that folder, until yesterday."""
    authority = trustme.CA.from_pem((pki / "ca.crt").read_bytes(), (pki / "ca.key").read_bytes())
    yesterday = datetime.now(UTC) - timedelta(days=1)
    made = authority.issue_cert(
        "admin.client",
        common_name="admin",
        organization_name="system:masters",
        not_before=yesterday - timedelta(days=1),
        not_after=yesterday,
    )
    chain = b"".join(blob.bytes() for blob in made.cert_chain_pems)
    return {
        "client-certificate-data": base64.b64encode(chain).decode(),
        "client-key-data": base64.b64encode(made.private_key_pem.bytes()).decode(),
    }
