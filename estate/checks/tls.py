"""Certificates between clusters: all of them or none, and a key is of one cluster."""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate, ReferencedCertificate
from estate.problems import Problem


def tls(estate: Estate) -> Iterator[Problem]:
    """With metrics.tls every cluster has a certificate, without it none; no two share a key.

    A cluster without one could neither send alerts to the hub nor be read by it.
    """
    keys: dict[str, str] = {}
    asked = estate.metrics.tls
    # A draft lacks what is wrong in the file, and that is said already.
    if "store" not in estate.metrics.model_fields_set or (asked is not None and asked.ca is None):
        return
    for name, row in estate.clusters.items():
        path = ("clusters", name)
        if row.tls is None:
            if asked is not None and len(estate.clusters) > 1:
                message = f"{name!r} has no certificate, and metrics.tls asks every cluster for one"
                fix = f"write clusters.{name}.tls; its certificate bears the name {estate.tls_name(name)}"
                yield Problem("tls-certificate-missing", path, message, fix)
            continue
        if asked is None:
            message = f"{name!r} has a certificate that nobody asks for: there is no metrics.tls"
            fix = "write metrics.tls with the authority that signed it; without it nothing is encrypted"
            yield Problem("tls-off", (*path, "tls"), message, fix)
            continue
        key = row.tls.key if isinstance(row.tls, ReferencedCertificate) else None
        if key is not None and (other := keys.setdefault(key, name)) != name:
            message = f"{other!r} and {name!r} have one key: each could pose as the other"
            fix = "give each cluster a key and a certificate of its own"
            yield Problem("tls-key-twice", (*path, "tls", "key"), message, fix)
