"""Secrets of the stand-ins, made here for one state folder: nobody types them, nothing shows them."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from estate.components import SecretValue

# As long as a state folder is likely to live.
VALID = timedelta(days=825)


def made(state: Path, name: str) -> SecretValue:
    """A reference to `state/secrets/NAME`: 64 random bytes in base64 (the form of a storage account key).

    Made at the first call, mode 0600, and the same ever after. Raises OSError.
    """
    path = state / "secrets" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _written(path, base64.b64encode(secrets.token_bytes(64)))
    return SecretValue(f"file:{path}")


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Files of a certificate and its key."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class IssuedFiles:
    """The file of an authority, and those of the certificates that it signed."""

    authority: Path
    pairs: Mapping[str, CertificateFiles]


def issued(folder: Path, names: Mapping[str, str]) -> IssuedFiles:
    """An authority of this machine's own in `folder`, and a certificate of it for each key of `names`, with
    the name that it is to bear. What is there is used again. Raises OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = IssuedFiles(
        folder / "ca.crt",
        {key: CertificateFiles(folder / f"{key}.crt", folder / f"{key}.key") for key in names},
    )
    files = [made.authority, *(file for row in made.pairs.values() for file in (row.certificate, row.key))]
    if all(file.exists() for file in files):
        return made
    import trustme  # noqa: PLC0415 - with all that it needs, a tenth of a second for those who make none

    ca = trustme.CA(organization_name="singlepane", organization_unit_name="not for production")
    for key, name in names.items():
        leaf = ca.issue_cert(name, not_after=datetime.now(UTC) + VALID)
        _written(made.pairs[key].key, leaf.private_key_pem.bytes())
        _written(made.pairs[key].certificate, b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    _written(made.authority, ca.cert_pem.bytes())
    return made


def _written(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    part.rename(path)
