"""TLS contexts out of a web configuration, and the one that a listener keeps while they change."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

from estate.problems import Problem
from exporters.serving.web.config import TlsServer
from exporters.serving.web.names import CLIENT_AUTH, CURVES, SUITES, VERSIONS

_PATH = ("tls_server_config",)


def enabled(tls: TlsServer | None) -> bool:
    """Whether anything is asked of TLS; an empty group is none, as to other exporters."""
    return tls is not None and bool(tls.model_fields_set)


def files(tls: TlsServer, folder: Path) -> tuple[Path, ...]:
    """The files that a configuration of TLS names."""
    named = (tls.cert_file, tls.key_file, tls.client_ca_file)
    return tuple(folder / each for each in named if each is not None)


def context(tls: TlsServer, folder: Path) -> tuple[ssl.SSLContext, list[Problem]]:
    """A context for a configuration that `config.problems` has nothing to say about; `folder` is where its
    paths begin. What is wrong with its files are problems, and then the context is of no use.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = VERSIONS[tls.min_version]
    made.maximum_version = VERSIONS[tls.max_version]
    made.set_alpn_protocols(["http/1.1"])
    if tls.cipher_suites:
        made.set_ciphers(":".join(SUITES[each] for each in tls.cipher_suites))
    if not tls.prefer_server_cipher_suites:
        made.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    made.verify_mode = CLIENT_AUTH[tls.client_auth_type]
    # Any certificate of the file is trusted, also one that another authority signed, as elsewhere.
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return made, [*_curve(made, tls), *_chain(made, tls, folder), *_authorities(made, tls, folder)]


def _curve(made: ssl.SSLContext, tls: TlsServer) -> list[Problem]:
    for curve in tls.curve_preferences:
        try:
            made.set_ecdh_curve(CURVES[curve])
        except (ssl.SSLError, ValueError):
            # X25519 in Python 3.11.2, for example, which looks curves up in an older way.
            message = f"the TLS of this Python cannot choose {curve}"
            return [_problem("curve_preferences", message, "choose CurveP256, or none for all")]
    return []


def _chain(made: ssl.SSLContext, tls: TlsServer, folder: Path) -> list[Problem]:
    names = {"cert_file": tls.cert_file or "", "key_file": tls.key_file or ""}
    found = [problem for key, name in names.items() for problem in _unreadable(key, folder / name)]
    if found:
        return found
    certificate, key = (folder / name for name in names.values())
    try:
        # Reads certificates alone: when this fails, it is not the key's fault.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(certificate)
    except ssl.SSLError:
        return [_no_certificate("cert_file")]
    try:
        made.load_cert_chain(certificate, key, _no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            message = "this is not the key of the certificate in cert_file"
            return [_problem("key_file", message, "replace both together")]
        if error.reason in ("EE_KEY_TOO_SMALL", "CA_MD_TOO_WEAK", "EE_MD_TOO_WEAK"):
            return [
                _problem("cert_file", "the certificate is too weak for OpenSSL", "use a longer key, SHA-256")
            ]
        return [_problem("key_file", "the file holds no private key in PEM", "write one into it")]
    except _Encrypted:
        return [_problem("key_file", "the private key has a passphrase", "store it without one")]
    return []


def _authorities(made: ssl.SSLContext, tls: TlsServer, folder: Path) -> list[Problem]:
    if tls.client_ca_file is not None:
        key, load = "client_ca_file", _loader(made, cafile=folder / tls.client_ca_file)
        found = _unreadable(key, folder / tls.client_ca_file)
    elif tls.client_ca:
        key, load, found = "client_ca", _loader(made, cadata=tls.client_ca), []
    else:
        return []
    if found:
        return found
    try:
        load()
    except (ssl.SSLError, ValueError):
        return [_no_certificate(key)]
    return []


def _loader(
    made: ssl.SSLContext, cafile: Path | None = None, cadata: str | None = None
) -> Callable[[], None]:
    return lambda: made.load_verify_locations(cafile=cafile, cadata=cadata)


class _Encrypted(Exception):
    """OpenSSL asked for the passphrase of a private key."""


def _no_passphrase() -> str:
    raise _Encrypted


def _unreadable(key: str, file: Path) -> list[Problem]:
    try:
        with file.open("rb") as opened:
            opened.read(1)
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        return [_problem(key, message, "paths begin at the folder of this file", "file-unreadable")]
    return []


def _no_certificate(key: str) -> Problem:
    return _problem(key, "no certificate in PEM is there", "write one into it")


def _problem(key: str, message: str, fix: str, code: str = "not-allowed") -> Problem:
    return Problem(code, (*_PATH, key), message, fix)


class Current(ssl.SSLContext):
    """The context that a listener is given: each new connection gets the one that is set now."""

    now: ssl.SSLContext

    def __new__(cls, first: ssl.SSLContext) -> Current:
        """`first` is the context until another is set as `now`."""
        made = super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)
        made.now = first
        return made

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """A connection of the context of now."""
        return self.now.wrap_bio(incoming, outgoing, server_side, server_hostname, session)
