"""The simulators' own certificate authority: kept while it is good, made anew when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulators import tls
from simulators.azure.server import certificate_names


def test_kept_over_restarts(tmp_path: Path) -> None:
    """A second start uses the same authority, so that its clients go on trusting it."""
    first = tls.authority(tmp_path).cert_pem.bytes()
    assert tls.authority(tmp_path).cert_pem.bytes() == first
    assert (tmp_path / "ca.pem").read_bytes() == first


def test_key_is_private(tmp_path: Path) -> None:
    """Only its owner reads the key; anyone may read the certificate."""
    tls.authority(tmp_path)
    assert (tmp_path / "ca.key.pem").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "ca.pem").stat().st_mode & 0o444 == 0o444


@pytest.mark.parametrize("damage", ["certificate", "key", "no key", "another key"])
def test_made_anew_when_it_is_broken(tmp_path: Path, damage: str) -> None:
    """A file cut short, missing, or of another authority is replaced."""
    first = tls.authority(tmp_path).cert_pem.bytes()
    match damage:
        case "certificate":
            (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
        case "key":
            (tmp_path / "ca.key.pem").write_text("nothing")
        case "no key":
            (tmp_path / "ca.key.pem").unlink()
        case "another key":
            tls.authority(tmp_path / "other")
            (tmp_path / "ca.key.pem").write_bytes((tmp_path / "other" / "ca.key.pem").read_bytes())
    made = tls.authority(tmp_path).cert_pem.bytes()
    assert made != first
    assert tls.authority(tmp_path).cert_pem.bytes() == made


def test_folder_that_cannot_be_used(tmp_path: Path) -> None:
    """A file in the place of the folder is an error with a sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(tls.CertificateError, match="cannot be used"):
        tls.authority(tmp_path / "file")


def test_names_of_the_certificate() -> None:
    """Loopback, Azure's hosts of three clouds, every region's metrics host, and the address listened on."""
    names = certificate_names("127.0.0.1")
    assert {"localhost", "127.0.0.1", "management.azure.com", "login.microsoftonline.com"} <= set(names)
    assert "*.metrics.monitor.azure.com" in names
    assert "*.metrics.monitor.azure.cn" in names
    assert "0.0.0.0" not in certificate_names("0.0.0.0")
    assert "simulator.local" in certificate_names("simulator.local")
