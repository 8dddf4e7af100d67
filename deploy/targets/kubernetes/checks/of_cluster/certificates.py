"""Certificates in Secrets.

Source: with TLS between all clusters, one date takes them all (thanos-io/thanos#977, invariant I34). The time
is that of `verify`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import timedelta

from cryptography import x509

from deploy.targets.kubernetes.checks.inputs import Facts, Rendered
from estate.problems import Problem

LEAST = timedelta(days=21)


def certificates(rendered: Rendered, facts: Facts) -> Iterator[Problem]:
    """Every certificate of the namespace is valid for three weeks more."""
    for each in facts.secrets or ():
        text = (each.get("data") or {}).get("tls.crt")
        if each.get("type") != "kubernetes.io/tls" or not text:
            continue
        name = each["metadata"]["name"]
        try:
            ends = x509.load_pem_x509_certificate(base64.b64decode(text)).not_valid_after_utc
        except (ValueError, binascii.Error):
            message = f"Secret {name} holds no certificate under tls.crt"
            yield Problem("tls-secret-expiring", rendered.path(), message, "write the certificate in PEM")
            continue
        if ends - facts.now < LEAST:
            over = "ended" if ends < facts.now else "ends"
            message = f"the certificate of Secret {name} {over} at {ends:%Y-%m-%d %H:%M} UTC"
            yield Problem("tls-secret-expiring", rendered.path(), message, "renew it, or see why nobody does")
