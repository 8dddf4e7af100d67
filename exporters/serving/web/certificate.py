"""When the server's certificate is valid: OpenSSL serves one that is expired without a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# What renews certificates does it long before: of 90 days cert-manager's are renewed 30 days before the end.
# A certificate that lives for days alone is near its end later than this.
SOON_SECONDS = 14 * 86_400.0
_SOON_SHARE = 5


@dataclass(frozen=True, slots=True)
class Validity:
    """From when to when all certificates of a chain are valid, in Unix seconds. `first_out` names the one
    that ends first.
    """

    begins: float
    ends: float
    first_out: str

    def said(self, now: float) -> str:
        """What is wrong with it, empty for nothing. One text for one state, so that it is said once."""
        if now >= self.ends:
            return f"{self.first_out} expired at {_at(self.ends)}: clients refuse it"
        if now < self.begins:
            return f"{self.first_out} is valid from {_at(self.begins)} on: clients refuse it until then"
        if self.ends - now < min(SOON_SECONDS, (self.ends - self.begins) / _SOON_SHARE):
            return f"{self.first_out} expires at {_at(self.ends)}"
        return ""


def validity(file: Path) -> Validity | None:
    """That of a PEM file that OpenSSL has taken: the server's certificate, and those between it and its root.
    None where it cannot be read once more.
    """
    from cryptography import x509  # noqa: PLC0415 - takes long to load, and without TLS is not needed

    try:
        chain = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        return None
    ends = [each.not_valid_after_utc.timestamp() for each in chain]
    begins = [each.not_valid_before_utc.timestamp() for each in chain]
    first = min(range(len(chain)), key=ends.__getitem__)
    named = (
        "the server's certificate"
        if not first
        else f"the certificate of {chain[first].subject.rfc4514_string()} in the server's chain"
    )
    return Validity(max(begins), min(ends), named)


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
