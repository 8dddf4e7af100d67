"""The server's certificate and time: said before clients refuse it, and seen while it changes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from structlog.testing import capture_logs

from exporters.serving.web import live as lives
from exporters.serving.web.certificate import Validity, validity
from exporters.serving.web.live import Web
from tests.exporters.serving.test_process import run
from tests.exporters.serving.test_service import CONFIG, ready, series
from tests.exporters.serving.web.webbed import TLS, certificates, serving

NAME = "exporter_web_certificate_expiry_timestamp_seconds"
DAY = 86_400.0
NOW = datetime.now(UTC).replace(microsecond=0)
YESTERDAY, TOMORROW = NOW - timedelta(days=1), NOW + timedelta(days=1)
LONG_AGO, FAR = NOW - timedelta(days=300), NOW + timedelta(days=300)


@pytest.mark.parametrize(
    ("begins", "ends", "now", "said"),
    [
        (0, 90, 45, ""),
        (0, 90, 75.9, ""),
        (0, 90, 76.1, "expires at 1970-04-01T00:00:00Z"),
        (0, 90, 90, "expired at 1970-04-01T00:00:00Z: clients refuse it"),
        (10, 90, 9, "is valid from 1970-01-11T00:00:00Z on: clients refuse it until then"),
        # A day's certificate is not near its end all its life.
        (0, 1, 0.7, ""),
        (0, 1, 0.9, "expires at 1970-01-02T00:00:00Z"),
    ],
)
def test_what_is_said_of_a_certificate(begins: float, ends: float, now: float, said: str) -> None:
    """Two weeks before the end, or the last fifth of a short life; and outside of it."""
    found = Validity(begins * DAY, ends * DAY, "it").said(now * DAY)
    assert found == (f"it {said}" if said else "")


def test_the_first_of_a_chain_to_expire_counts(tmp_path: Path) -> None:
    """What stands between the server's certificate and its root breaks a connection just as well."""
    leaf = trustme.CA().issue_cert("127.0.0.1", not_after=FAR)
    between = trustme.CA().issue_cert("x.example", common_name="between", not_after=TOMORROW)
    pem = leaf.cert_chain_pems[0].bytes() + between.cert_chain_pems[0].bytes()
    (tmp_path / "chain.pem").write_bytes(pem)
    found = validity(tmp_path / "chain.pem")
    assert found is not None
    assert found.ends == TOMORROW.timestamp()
    assert found.first_out.startswith("the certificate of CN=between")
    (tmp_path / "none.pem").write_text("nothing")
    assert validity(tmp_path / "none.pem") is None


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (LONG_AGO, YESTERDAY, "expired at"),
        (TOMORROW, FAR, "is valid from"),
        (LONG_AGO, TOMORROW, "expires at"),
    ],
)
def test_a_warning_with_its_place(begins: datetime, ends: datetime, said: str, tmp_path: Path) -> None:
    """It is loaded all the same, and whoever checks the file is told."""
    certificates(tmp_path).server(tmp_path, begins, ends)
    file = tmp_path / "web.yaml"
    file.write_text(TLS)
    (warned,) = Web.load(file).warnings
    assert (warned.severity, warned.code, warned.path) == (
        "warning",
        "certificate-validity",
        "tls_server_config.cert_file",
    )
    assert warned.message.startswith(f"the server's certificate {said}")
    assert (warned.position.line, warned.position.column) == (1, 32)


def test_a_good_certificate_is_no_finding(tmp_path: Path) -> None:
    """Neither by itself nor for the check of the exporter."""
    certificates(tmp_path).server(tmp_path, LONG_AGO, FAR)
    (tmp_path / "web.yaml").write_text(TLS)
    assert Web.load(tmp_path / "web.yaml").warnings == ()


def test_exporter_check_says_it(tmp_path: Path) -> None:
    """Before it runs: a warning does not fail the check, a file that is invalid does."""
    certificates(tmp_path).server(tmp_path, LONG_AGO, YESTERDAY)
    (tmp_path / "exporter.yaml").write_text(CONFIG.format(name="x"))
    web = tmp_path / "web.yaml"
    web.write_text(TLS)
    command = ("check", "--config", str(tmp_path / "exporter.yaml"), "--web.config.file", str(web))
    warned = run(*command)
    assert warned.returncode == 0
    assert f"{web}:1:32: the server's certificate expired at" in warned.stderr
    web.write_text("tls_server_config: {cert_file: none.pem, key_file: server.key}\n")
    assert run(*command).returncode == 2


async def test_the_metric_and_the_log_follow_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each state is said once, also one that comes with time alone; a new certificate ends it."""
    monkeypatch.setattr(lives, "LOOK_SECONDS", 0.02)
    authority = certificates(tmp_path)
    authority.server(tmp_path, LONG_AGO, FAR)

    async def until(ends: datetime) -> None:
        for _ in range(500):
            await served.runtime().board.refresh()
            if float(series((await client.get("/metrics")).text)[NAME]) == ends.timestamp():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"the metric never became {ends}")

    with capture_logs() as logs:
        async with serving(tmp_path, TLS) as served, served.client() as client:
            await ready(client)
            await until(FAR)
            later = FAR.timestamp() - DAY
            monkeypatch.setattr(lives, "time", lambda: later)
            for _ in range(500):
                if any(each["event"] == "certificate" for each in logs):
                    break
                await asyncio.sleep(0.02)
            monkeypatch.undo()
            monkeypatch.setattr(lives, "LOOK_SECONDS", 0.02)
            authority.server(tmp_path, LONG_AGO, FAR + timedelta(days=1))
            await until(FAR + timedelta(days=1))
    said = [each["problem"] for each in logs if each["event"] == "certificate"]
    assert [each.split(" at ")[0] for each in said] == ["the server's certificate expires"]


async def test_without_tls_there_is_no_expiry(tmp_path: Path) -> None:
    """No value is better than one that means nothing."""
    async with serving(tmp_path, "") as served, served.client() as client:
        await ready(client)
        assert NAME not in series((await client.get("/metrics")).text)
