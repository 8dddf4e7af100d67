"""The file of `--web.config.file`: TLS, headers, users, in the format that Prometheus exporters share.

https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md. What cannot be honoured
here is refused, never ignored. `bearer_token_files` is our own.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from estate.model import Row
from estate.problems import Problem
from estate.spelling import Spelling, refusal, shown
from estate.suggest import offer
from exporters.serving.web.names import (
    CLIENT_AUTH,
    CURVES,
    OLD_VERSIONS,
    SUITES,
    SUITES_OF_TLS13,
    UNVERIFIED_CLIENT_AUTH,
    VERSIONS,
)

_DURATION_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def _not_inline(value: Any) -> None:
    if value not in (None, ""):
        raise refusal(
            "not-allowed",
            "what belongs into a file of its own stands here",
            "name it by cert_file and key_file",
        )


def _version(value: Any) -> Any:
    if value in OLD_VERSIONS:
        raise refusal("not-allowed", f"{value} is not secure, and not spoken here", "write TLS12 or TLS13")
    return value


def _client_auth(value: Any) -> Any:
    if value in UNVERIFIED_CLIENT_AUTH:
        raise refusal(
            "not-allowed",
            f"{value} takes certificates without verifying them, which is not possible here",
            f"write one of {', '.join(CLIENT_AUTH)}",
        )
    return value


def _suite(value: Any) -> Any:
    if value in SUITES_OF_TLS13:
        message = f"{value} belongs to TLS 1.3, whose cipher suites are not chosen by this list"
        raise refusal("not-allowed", message, "remove it")
    if isinstance(value, str) and value not in SUITES:
        fix = offer(value, SUITES, "see the cipher suites of docs/exporters/service.md")
        raise refusal("not-allowed", f"{shown(value)} is no cipher suite that is spoken here", fix)
    return value


def _http2(value: Any) -> Any:
    if value is True:
        message = "this exporter speaks HTTP/1.1 and not HTTP/2"
        raise refusal("not-allowed", message, "write false, or leave it out")
    return value


def _header(value: Any) -> Any:
    """Other exporters read `X-XSS-Protection: 1` as text."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str) and not (text.isascii() and text.isprintable()):
        raise refusal("not-allowed", f"{shown(text)} cannot stand in a header", "write printable ASCII")
    return text


def _interval(value: Any) -> float:
    """A duration as Go writes it, in seconds."""
    if value == 0 and not isinstance(value, bool):
        return 0.0
    parts = _DURATION_PART.findall(value) if isinstance(value, str) else []
    if not parts or "".join(number + unit for number, unit in parts) != value:
        message = f"{shown(value)} is not a valid duration"
        raise refusal(
            "invalid-duration", message, "use numbers with units of h, m, s, ms, such as 500ms or 1s"
        )
    return sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts)


File = Annotated[str, Field(min_length=1)]
Version = Annotated[Literal["TLS12", "TLS13"], BeforeValidator(_version)]
ClientAuth = Annotated[
    Literal["NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"],
    BeforeValidator(_client_auth),
]
Header = Annotated[str, BeforeValidator(_header)]
# RFC 7617: a user's name holds no colon.
User = Annotated[str, Spelling("not-allowed", "user", r"[^:\x00-\x1f]*", "a name without a colon", 255)]
Hash = Annotated[
    str,
    Spelling(
        "literal-secret",
        "bcrypt hash",
        r"\$2[abxy]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}",
        "a bcrypt hash, such as `htpasswd -nBC 10 NAME` prints behind the colon",
        60,
        secret=True,
    ),
]


class TlsServer(Row):
    """TLS of the server. Paths are relative to the file that holds this."""

    cert: Annotated[None, BeforeValidator(_not_inline)] = None
    """Not read here."""
    key: Annotated[None, BeforeValidator(_not_inline)] = None
    """Not read here: the file would be a secret."""
    cert_file: File | None = None
    """PEM file of the server's certificate and those between it and its root."""
    key_file: File | None = None
    """PEM file of the certificate's private key, without a passphrase."""
    client_ca: str = ""
    """PEM text of the authorities that sign clients' certificates."""
    client_ca_file: File | None = None
    """PEM file of the authorities that sign clients' certificates."""
    client_auth_type: ClientAuth = "NoClientCert"
    """Whether clients need a certificate."""
    client_allowed_sans: Annotated[list[str], Field(min_length=1)] | None = None
    """Alternative names (DNS, IP, e-mail, URI) one of which a client's certificate must have."""
    min_version: Version = "TLS12"
    """The lowest version of TLS."""
    max_version: Version = "TLS13"
    """The highest version of TLS."""
    cipher_suites: list[Annotated[str, BeforeValidator(_suite)]] = Field(default=[])
    """Cipher suites of TLS 1.2."""
    prefer_server_cipher_suites: bool = True
    """Whether the order of cipher suites is the server's."""
    curve_preferences: list[Literal["CurveP256", "CurveP384", "CurveP521", "X25519"]] = Field(default=[])
    """The curve of the key exchange: one."""


class Headers(Row):
    """Headers of every reply. Empty ones are not sent."""

    content_security_policy: Annotated[Header, Field(alias="Content-Security-Policy")] = ""
    """Which content a browser loads."""
    x_frame_options: Annotated[Literal["", "deny", "sameorigin"], Field(alias="X-Frame-Options")] = ""
    """Whether a browser shows the page in a frame."""
    x_content_type_options: Annotated[Literal["", "nosniff"], Field(alias="X-Content-Type-Options")] = ""
    """Whether a browser guesses types."""
    x_xss_protection: Annotated[Header, Field(alias="X-XSS-Protection")] = ""
    """A filter of old browsers."""
    strict_transport_security: Annotated[Header, Field(alias="Strict-Transport-Security")] = ""
    """For how long a browser uses HTTPS only."""


class HttpServer(Row):
    """What replies are like."""

    http2: Annotated[bool | None, BeforeValidator(_http2)] = None
    """HTTP/2 is not spoken here."""
    headers: Headers | None = None
    """Headers of every reply."""


class RateLimit(Row):
    """The most requests, in a token bucket."""

    interval: Annotated[float, BeforeValidator(_interval)] = 0.0
    """Time in which one more request is let in; 0 is no limit."""
    burst: int = 0
    """Requests that are let in at once."""


class WebConfig(Row):
    """How the exporter is served."""

    tls_server_config: TlsServer | None = None
    """TLS."""
    http_server_config: HttpServer | None = None
    """Replies."""
    basic_auth_users: dict[User, Hash] | None = None
    """Users by name, with the bcrypt hash of their password."""
    rate_limit: RateLimit | None = None
    """The most requests."""
    bearer_token_files: Annotated[list[File], Field(min_length=1)] | None = None
    """Files with one bearer token each. Only this exporter knows the key."""


def problems(web: WebConfig) -> list[Problem]:
    """What does not fit together, by key path."""
    found = _tls(web.tls_server_config) if web.tls_server_config is not None else []
    limit = web.rate_limit
    if limit is not None and limit.interval and limit.burst < 1:
        message = "a limit with a burst below 1 lets nobody in"
        found.append(Problem("out-of-range", ("rate_limit",), message, "write burst: 1 or more", at_key=True))
    return found


def _tls(tls: TlsServer) -> list[Problem]:
    path = ("tls_server_config",)
    found: list[Problem] = []

    def say(code: str, key: str, message: str, fix: str) -> None:
        found.append(Problem(code, (*path, key), message, fix, at_key=key not in tls.model_fields_set))

    for key in ("cert_file", "key_file"):
        # Without both, other exporters serve plain HTTP where nothing but, say, min_version is written.
        if tls.model_fields_set and getattr(tls, key) is None:
            say("missing-key", key, f"TLS needs {key}", f"add {key}")
    if tls.client_ca and tls.client_ca_file:
        say("not-allowed", "client_ca", "the authorities are given twice", "keep client_ca_file")
    authorities = bool(tls.client_ca or tls.client_ca_file)
    asks = tls.client_auth_type != "NoClientCert"
    if authorities and not asks:
        key = "client_ca_file" if tls.client_ca_file else "client_ca"
        message = "clients are not asked for a certificate, so nothing is verified by this"
        say("not-allowed", key, message, "add client_auth_type: RequireAndVerifyClientCert")
    if asks and not authorities:
        message = "without authorities any certificate of a public one would do"
        say("missing-key", "client_auth_type", message, "add client_ca_file")
    if tls.client_allowed_sans is not None and tls.client_auth_type != "RequireAndVerifyClientCert":
        message = "names can be asked only of clients that must have a certificate"
        say("not-allowed", "client_allowed_sans", message, "add client_auth_type: RequireAndVerifyClientCert")
    if VERSIONS[tls.min_version] > VERSIONS[tls.max_version]:
        message = "min_version is above max_version, which leaves no version"
        say("not-allowed", "min_version", message, "lower it")
    if tls.min_version == "TLS13" and tls.cipher_suites:
        message = "the cipher suites are those of TLS 1.2, which min_version leaves out"
        say("not-allowed", "cipher_suites", message, "remove them")
    if len(tls.curve_preferences) > 1:
        message = f"one curve can be chosen here, not {len(tls.curve_preferences)}"
        say("not-allowed", "curve_preferences", message, f"keep one of {', '.join(CURVES)}, or none for all")
    return found
