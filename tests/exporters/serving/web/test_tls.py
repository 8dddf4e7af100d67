"""TLS with real connections: what is spoken, whose certificates are taken, and change while serving."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import httpx
import pytest

from estate.errors import EstateInvalid
from exporters.serving.web import live as lives
from tests.exporters.serving.test_service import ready, series
from tests.exporters.serving.web.webbed import MUTUAL, TLS, Served, certificates, serving

SANS = "  client_allowed_sans: [{}]\n"


def serial(reply: httpx.Response) -> object:
    """The serial number of the certificate that a reply came with."""
    peer = reply.extensions["network_stream"].get_extra_info("ssl_object").getpeercert()
    return peer["serialNumber"]


def local_port(reply: httpx.Response) -> int:
    """The client's port: two replies with one came over one connection."""
    port: int = reply.extensions["network_stream"].get_extra_info("client_addr")[1]
    return port


async def refused(served: Served, certificate: str = "") -> bool:
    """Whether a connection ends without a reply."""
    async with served.client(certificate) as client:
        try:
            await client.get("/metrics")
        except (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError):
            return True
    return False


async def test_a_scrape_over_tls(tmp_path: Path) -> None:
    """One connection for many requests, compressed, HTTP/1.1, TLS 1.3; plain HTTP gets no answer."""
    certificates(tmp_path)
    async with serving(tmp_path, TLS) as served, served.client() as client:
        await ready(client)
        first = await client.get("/metrics", headers={"accept-encoding": "gzip"})
        second = await client.get("/metrics", headers={"accept-encoding": "identity"})
        assert first.http_version == "HTTP/1.1"
        assert first.headers["content-encoding"] == "gzip"
        assert "singlepane_estate_info" in first.text and "singlepane_estate_info" in second.text
        assert local_port(first) == local_port(second)
        spoken = first.extensions["network_stream"].get_extra_info("ssl_object")
        assert (spoken.version(), spoken.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")
        with pytest.raises(httpx.HTTPError):
            await httpx.AsyncClient(trust_env=False).get(f"http://127.0.0.1:{served.port}/metrics")


async def test_a_client_must_have_a_certificate(tmp_path: Path) -> None:
    """One of the configured authority, which is neither none nor somebody else's."""
    certificates(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    certificates(tmp_path / "elsewhere")
    for suffix in ("crt", "key"):
        (tmp_path / f"foreign.{suffix}").write_bytes((tmp_path / f"elsewhere/client.{suffix}").read_bytes())
    async with serving(tmp_path, MUTUAL) as served:
        async with served.client("client") as client:
            assert (await client.get("/healthz")).text == "ok\n"
        assert await refused(served)
        assert await refused(served, "foreign")


async def test_a_certificate_is_verified_only_if_given(tmp_path: Path) -> None:
    """None is fine, a wrong one is not."""
    certificates(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    certificates(tmp_path / "elsewhere")
    for suffix in ("crt", "key"):
        (tmp_path / f"foreign.{suffix}").write_bytes((tmp_path / f"elsewhere/client.{suffix}").read_bytes())
    text = MUTUAL.replace("RequireAndVerifyClientCert", "VerifyClientCertIfGiven")
    async with serving(tmp_path, text) as served:
        for certificate in ("", "client"):
            async with served.client(certificate) as client:
                assert (await client.get("/healthz")).text == "ok\n"
        assert await refused(served, "foreign")


@pytest.mark.parametrize(
    "name", ["prometheus.example", "10.1.2.3", "2001:db8::7", "scraper@shop.example"], ids=str
)
async def test_names_of_clients(name: str, tmp_path: Path) -> None:
    """DNS names, addresses and e-mail; another certificate of the same authority is turned away, counted."""
    authority = certificates(tmp_path)
    authority.client(tmp_path, "named", name)
    authority.client(tmp_path, "unnamed", "else.prometheus.example")
    async with serving(tmp_path, MUTUAL + SANS.format(f'"{name}"')) as served:
        async with served.client("named") as client:
            assert (await client.get("/healthz")).text == "ok\n"
        assert await refused(served, "unnamed")
        assert served.counts.refused == {"certificate": 1}


async def handshake(served: Served, context: ssl.SSLContext) -> tuple[str, str]:
    """Version and cipher suite of a connection."""
    context.load_verify_locations(served.folder / "ca.crt")
    _, writer = await asyncio.open_connection("127.0.0.1", served.port, ssl=context)
    spoken = writer.get_extra_info("ssl_object")
    found = (spoken.version(), spoken.cipher()[0])
    writer.close()
    await writer.wait_closed()
    return found


async def test_versions_suites_and_curves(tmp_path: Path) -> None:
    """What the file says is what is spoken; a client that has nothing in common is refused."""
    certificates(tmp_path)
    more = """\
  max_version: TLS12
  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]
  curve_preferences: [CurveP521]
"""
    text = MUTUAL.replace("RequireAndVerifyClientCert", "VerifyClientCertIfGiven") + more
    async with serving(tmp_path, text) as served:
        version, suite = await handshake(served, ssl.create_default_context())
        assert version == "TLSv1.2"
        assert suite in ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384")
        for attribute, value in (
            ("minimum_version", ssl.TLSVersion.TLSv1_3),
            ("set_ciphers", "AES128"),
            ("set_ecdh_curve", "prime256v1"),
        ):
            context = ssl.create_default_context()
            if callable(getattr(context, attribute)):
                getattr(context, attribute)(value)
            else:
                setattr(context, attribute, value)
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await handshake(served, context)


async def test_certificates_change_while_serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new certificate is noticed and used by new connections; open ones go on."""
    monkeypatch.setattr(lives, "LOOK_SECONDS", 0.05)
    authority = certificates(tmp_path)
    async with serving(tmp_path, TLS) as served, served.client() as open_before:
        before = await open_before.get("/healthz")
        authority.server(tmp_path)
        for _ in range(400):
            async with served.client() as client:
                after = await client.get("/healthz")
            if serial(after) != serial(before):
                break
            await asyncio.sleep(0.02)
        assert serial(after) != serial(before)
        again = await open_before.get("/healthz")
        assert local_port(again) == local_port(before)
        assert serial(again) == serial(before)


async def test_a_broken_file_keeps_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows in the metric and heals by itself once the file is good again."""
    monkeypatch.setattr(lives, "LOOK_SECONDS", 0.05)
    certificates(tmp_path)
    name = "exporter_config_last_reload_successful"

    async def until(value: str) -> None:
        for _ in range(400):
            await served.runtime().board.refresh()
            if series((await client.get("/metrics")).text)[name] == value:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{name} never became {value}")

    async with serving(tmp_path, TLS) as served, served.client() as client:
        await until("1")
        key = (tmp_path / "server.key").read_bytes()
        (tmp_path / "server.key").write_bytes((tmp_path / "other.key").read_bytes())
        await until("0")
        async with served.client() as new:
            assert (await new.get("/healthz")).text == "ok\n"
        answer = await client.post("/-/reload")
        assert answer.status_code == 400
        assert [each["message"] for each in answer.json()["findings"]] == [
            "this is not the key of the certificate in cert_file"
        ]
        (tmp_path / "server.key").write_bytes(key)
        await until("1")
        assert (await client.post("/-/reload")).text == "reloaded\n"


async def test_authorities_change_while_serving(tmp_path: Path) -> None:
    """After a reload only clients of the new authority are let in."""
    certificates(tmp_path)
    (tmp_path / "new").mkdir()
    certificates(tmp_path / "new")
    async with serving(tmp_path, MUTUAL) as served:
        served.write(MUTUAL.replace("ca.crt", "new/ca.crt"))
        await served.live.reload()
        assert await refused(served, "client")
        async with served.client("new/client") as client:
            assert (await client.get("/healthz")).text == "ok\n"


async def test_tls_is_not_turned_off_by_a_reload(tmp_path: Path) -> None:
    """What scrapers were told to expect stays; the finding says what to do."""
    certificates(tmp_path)
    async with serving(tmp_path, TLS) as served:
        served.write("{}\n")
        with pytest.raises(EstateInvalid) as caught:
            await served.live.reload()
        assert [(each.message, each.fix) for each in caught.value.findings] == [
            ("TLS cannot be turned off while the exporter runs", "start it again")
        ]
        async with served.client() as client:
            assert (await client.get("/healthz")).text == "ok\n"
