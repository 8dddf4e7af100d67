"""The web configuration in use: loaded whole or not at all, and read again when one of its files changes."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Self

import structlog

from estate.errors import EstateInvalid
from estate.findings import Finding, Position, in_order
from estate.problems import Problem, finding
from exporters.configuration.shape import opened, placed, validated
from exporters.running.own import Counts
from exporters.serving.web import tls
from exporters.serving.web.certificate import Validity, validity
from exporters.serving.web.config import WebConfig, problems
from exporters.serving.web.limit import Limiter
from exporters.serving.web.passwords import decoy

LOOK_SECONDS = 2.0
# RFC 6750 asks for fewer characters; what matters is that a token is one word of a header.
_LONGEST_TOKEN = 4096
_CERTIFICATE = ("tls_server_config", "cert_file")
_RENEW = "put a new certificate and its key into the files: they are taken up while the exporter runs"

Stamp = tuple[tuple[int, int, int], ...]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Web:
    """A web configuration with all that its files hold. `tokens` are SHA-256 digests; `stamp` is of `files`
    as they were before they were read, so that no change is missed. `warnings` are findings that are no
    errors, `valid` is of the server's certificate.
    """

    config: WebConfig
    context: ssl.SSLContext | None
    tokens: tuple[bytes, ...]
    users: dict[str, str]
    decoy: str
    headers: tuple[tuple[bytes, bytes], ...]
    files: tuple[Path, ...]
    stamp: Stamp
    valid: Validity | None = None
    warnings: tuple[Finding, ...] = ()

    @property
    def allowed_sans(self) -> frozenset[str] | None:
        """Names one of which a client's certificate must have; None for any."""
        server = self.config.tls_server_config
        sans = server.client_allowed_sans if server is not None else None
        return None if sans is None else frozenset(sans)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The configuration of a file. Raises EstateInvalid with all findings."""
        files, stamps = [path], [_stamp(path)]
        tree, found = opened(path)
        if tree is None and {each.code for each in found} == {"file-empty"}:
            # As to other exporters, an empty file asks for nothing.
            return cls(WebConfig(), None, (), {}, "", (), (path,), tuple(stamps))
        config: WebConfig | None = None
        context, tokens, valid = None, [], None
        if tree is not None:
            config, shape = validated(WebConfig, tree)
            found += shape
        if config is not None and tree is not None:
            wrong = problems(config)
            server = config.tls_server_config
            if not wrong and server is not None and tls.enabled(server):
                named = tls.files(server, path.parent)
                files += named
                stamps += map(_stamp, named)
                context, wrong = tls.context(server, path.parent)
                if not wrong and server.cert_file is not None:
                    valid = validity(path.parent / server.cert_file)
                    if valid is not None and (said := valid.said(time())):
                        wrong.append(Problem("certificate-validity", _CERTIFICATE, said, _RENEW))
            for index, name in enumerate(config.bearer_token_files or ()):
                files.append(path.parent / name)
                stamps.append(_stamp(path.parent / name))
                token = _token(path.parent / name)
                if isinstance(token, str):
                    key = ("bearer_token_files", index)
                    wrong.append(Problem("not-allowed", key, token, "write one token into the file"))
                else:
                    tokens.append(token)
            found += [placed(problem, tree) for problem in wrong]
        ordered = in_order(found)
        if config is None or any(each.severity == "error" for each in ordered):
            raise EstateInvalid(ordered)
        users = config.basic_auth_users or {}
        return cls(
            config,
            context,
            tuple(tokens),
            users,
            decoy(users),
            _headers(config),
            tuple(files),
            tuple(stamps),
            valid,
            ordered,
        )


def _headers(config: WebConfig) -> tuple[tuple[bytes, bytes], ...]:
    http = config.http_server_config
    headers = http.headers.model_dump(by_alias=True) if http is not None and http.headers is not None else {}
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items() if value)


def _token(file: Path) -> bytes | str:
    """The digest of a token, or what is wrong with its file."""
    try:
        token = file.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        return "the file is not UTF-8"
    if not token:
        return "the file is empty"
    if not token.isascii():
        return "the file holds a letter outside ASCII, which no token has"
    if len(token) > _LONGEST_TOKEN or not token.isprintable() or " " in token:
        return "the file holds more than one token"
    return digest(token.encode())


def digest(token: bytes) -> bytes:
    """What tokens are compared by: of one length, so that time does not tell how much fits."""
    return hashlib.sha256(token).digest()


class Live:
    """The configuration of a served process. `now` changes whole; `context` is for its listener."""

    def __init__(self, path: Path, first: Web, counts: Counts) -> None:
        self._path = path
        self._counts = counts
        self._said: tuple[Finding, ...] = ()
        self._said_certificate = ""
        self.now = first
        self.limiter = _limiter(first)
        self.context = tls.Current(first.context) if first.context is not None else None

    async def reload(self) -> None:
        """Read all files again. Raises EstateInvalid, and then nothing has changed."""
        try:
            new = await asyncio.to_thread(Web.load, self._path)
            self._same_scheme(new)
        except EstateInvalid as invalid:
            self._counts.web_ok = False
            # While it stays wrong it is read again and again: that is said once.
            if invalid.findings != self._said:
                log.error("web configuration not reloaded: it is not valid", findings=_said(invalid.findings))
            self._said = invalid.findings
            raise
        before, self.now = self.now, new
        self._look()
        self._said = ()
        self._counts.web_ok = True
        if self.context is not None and new.context is not None:
            self.context.now = new.context
        if new.config.rate_limit != before.config.rate_limit:
            self.limiter = _limiter(new)
        log.info("web configuration reloaded", file=str(self._path))

    async def watch(self) -> None:
        """Reload when a file changed, or when the last reload failed, for ever; ends when cancelled."""
        while True:
            self._look()
            await asyncio.sleep(LOOK_SECONDS)
            if self._counts.web_ok and await asyncio.to_thread(self._unchanged):
                continue
            try:
                await self.reload()
            except EstateInvalid:
                continue
            except Exception:
                # What is not foreseen must not end the watch: later changes would go unnoticed.
                self._counts.web_ok = False
                log.exception("web configuration not reloaded", file=str(self._path))

    def _look(self) -> None:
        """Keep the metric of the certificate, and say what became of it with the time."""
        valid = self.now.valid
        self._counts.certificate_begins = None if valid is None else valid.begins
        self._counts.certificate_ends = None if valid is None else valid.ends
        said = valid.said(time()) if valid is not None else ""
        if said and said != self._said_certificate:
            log.warning("certificate", problem=said, fix=_RENEW)
        self._said_certificate = said

    def _unchanged(self) -> bool:
        return tuple(map(_stamp, self.now.files)) == self.now.stamp

    def _same_scheme(self, new: Web) -> None:
        if (new.context is None) != (self.context is None):
            word = "off" if new.context is None else "on"
            message, fix = f"TLS cannot be turned {word} while the exporter runs", "start it again"
            where = Position(str(self._path), 1, 1)
            raise EstateInvalid([finding("not-allowed", where, message, fix, ("tls_server_config",))])


def _limiter(web: Web) -> Limiter | None:
    return Limiter(web.config.rate_limit) if web.config.rate_limit is not None else None


def _said(findings: Iterable[Finding]) -> list[str]:
    return [f"{each.position}: {each.path}: {each.message}" for each in findings]


def _stamp(file: Path) -> tuple[int, int, int]:
    """What changes when a file is written or another one is put into its place; zeros for none."""
    try:
        found = file.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
