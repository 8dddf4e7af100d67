"""Kubeconfig files: for the parts of a cluster, and one for people with a context per cluster."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

import yaml


def document(certificates: Mapping[str, Path], servers: Mapping[str, str], client: str) -> dict[str, object]:
    """A kubeconfig with a context per cluster, named as the cluster; the first one is the current one.

    `certificates` are the folders of the clusters' certificates, `servers` their API servers by the same
    names; `client` is the one whose certificate is shown. All of it is in the document, nothing beside it.
    """
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": name,
                "cluster": {"server": servers[name], "certificate-authority-data": _read(folder / "ca.crt")},
            }
            for name, folder in certificates.items()
        ],
        "users": [
            {
                "name": f"{client}@{name}",
                "user": {
                    "client-certificate-data": _read(folder / f"{client}.crt"),
                    "client-key-data": _read(folder / f"{client}.key"),
                },
            }
            for name, folder in certificates.items()
        ],
        "contexts": [
            {"name": name, "context": {"cluster": name, "user": f"{client}@{name}"}} for name in certificates
        ],
        "current-context": next(iter(certificates)),
    }


def write(path: Path, content: dict[str, object]) -> None:
    """Write it for its owner alone."""
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(content, sort_keys=False))


def _read(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
