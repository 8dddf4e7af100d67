"""Notifications that do not get to a receiver: a real Alertmanager whose file is missing, a real
Prometheus that counts its failures.
"""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from deploy.engines import find
from deploy.verify.complaint import complaint
from deploy.verify.ground import Broken, Ground
from deploy.verify.hops import notifications_delivered
from deploy.verify.hops.notifications_delivered import prove
from deploy.verify.replica import Replica
from deploy.verify.series import Series
from estate.model import Estate
from estate.running import Deployment, Running
from tests.alerts.rendered import example
from tests.ports import free_address

REPLICA = Replica("hub-weu", 0, {"cluster": "hub-weu"})
WAIT_SECONDS = 60.0


def with_webhook() -> Estate:
    """The example, with a receiver outside besides."""
    estate = example()
    row = {"kind": "webhook", "url": "env:ONCALL_URL"}
    receivers = (
        estate.alerts.receivers
        | type(estate.alerts)
        .model_validate(
            {"receivers": {"oncall": row}, "default": "oncall", "heartbeat": {"receiver": "oncall"}}
        )
        .receivers
    )
    return estate.model_copy(update={"alerts": estate.alerts.model_copy(update={"receivers": receivers})})


@contextmanager
def running(*command: str) -> Iterator[None]:
    """A process for as long as the block lasts."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


async def _asked(prometheus: str, state: Path) -> str:
    row = Running("query", "query", "hub-weu", "ready", addresses={"http": prometheus})
    deployment = Deployment("shop", "", "local", str(state), 0.0, 1, 0.0, (row,))
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return await prove(Ground(with_webhook(), deployment, client, find), REPLICA)
        except Broken as broken:
            return broken.cause


def asked(prometheus: str, state: Path) -> str:
    """What the hop says, or the cause that it names."""
    return asyncio.run(_asked(prometheus, state))


def awaited(what: Callable[[], str], until: str) -> str:
    """What is said once it holds `until`."""
    end = time.monotonic() + WAIT_SECONDS
    while until not in (said := what()):
        assert time.monotonic() < end, said
        time.sleep(0.3)
    return said


def metrics(alertmanager: str) -> str:
    """Alertmanager's own metrics, or nothing while it starts."""
    try:
        return httpx.get(f"http://{alertmanager}/metrics", trust_env=False).text
    except httpx.TransportError:
        return ""


def test_a_missing_file_of_a_receiver_is_found_and_its_failures_are_counted(tmp_path: Path) -> None:
    """Alertmanager starts without the file; the hop says first that the file is not there, and once a
    notification has failed for that, also that Alertmanager gave up on it.
    """
    url = tmp_path / "files" / "alertmanager" / "receivers" / "oncall.url"
    url.parent.mkdir(parents=True)
    config = tmp_path / "alertmanager.yaml"
    config.write_text(
        yaml.safe_dump(
            {
                "route": {"receiver": "oncall", "group_wait": "0s", "group_interval": "1s"},
                "receivers": [{"name": "oncall", "webhook_configs": [{"url_file": str(url)}]}],
            }
        )
    )
    subprocess.run([str(find("amtool")), "check-config", str(config)], check=True, capture_output=True)
    alertmanager, prometheus = free_address(), free_address()
    scrape = tmp_path / "prometheus.yaml"
    job = {"job_name": "alertmanager", "static_configs": [{"targets": [alertmanager]}]}
    scrape.write_text(yaml.safe_dump({"global": {"scrape_interval": "1s"}, "scrape_configs": [job]}))
    with (
        running(
            str(find("alertmanager")),
            f"--config.file={config}",
            f"--storage.path={tmp_path / 'alertmanager'}",
            f"--web.listen-address={alertmanager}",
            "--cluster.listen-address=",
            "--enable-feature=receiver-name-in-metrics",
        ),
        running(
            str(find("prometheus")),
            f"--config.file={scrape}",
            f"--storage.tsdb.path={tmp_path / 'prometheus'}",
            f"--web.listen-address={prometheus}",
        ),
    ):
        assert asked(prometheus, tmp_path) == (
            "the file with the URL of the receiver oncall cannot be read: No such file or directory"
        )
        url.write_text("\n")
        assert asked(prometheus, tmp_path).endswith("oncall is empty")
        url.write_text("http://127.0.0.1:9/hook")
        awaited(lambda: asked(prometheus, tmp_path), "none failed in 10m")
        url.unlink()
        alert = [{"labels": {"alertname": "Trial", "cluster": "prod-weu"}}]
        httpx.post(f"http://{alertmanager}/api/v2/alerts", json=alert, trust_env=False).raise_for_status()
        labels = 'integration="webhook",reason="other",receiver_name="oncall"'
        failed = f"alertmanager_notifications_failed_total{{{labels}}}"
        awaited(lambda: "" if f"{failed} 0" in metrics(alertmanager) else "failed", "failed")
        url.write_text("http://127.0.0.1:9/hook")
        said = awaited(lambda: asked(prometheus, tmp_path), "gave up on notifications to oncall")
        assert "(webhook: other)" in said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("level=info msg=started\n", ""),
        (
            'ts=1 level=warn msg="failed to fetch initial external labels" '
            'err="no external labels configured"\n'
            "ts=2 level=info msg=again\n",
            ': its log says "failed to fetch initial external labels: no external labels configured"',
        ),
        ('level=error msg="say \\"what\\""\n', ': its log says "say "what""'),
        ("-- restarted\n", ""),
    ],
)
def test_the_last_complaint_of_a_log_is_quoted(tmp_path: Path, lines: str, said: str) -> None:
    """Of Thanos' logfmt: message and error of the last warning, and nothing where there is none."""
    log = tmp_path / "logs" / "sidecar-hub-weu-0.log"
    log.parent.mkdir()
    log.write_text(lines)
    deployment = Deployment("shop", "", "local", str(tmp_path), 0.0, 1, 0.0, ())
    ground = Ground(example(), deployment, httpx.AsyncClient(), find)
    assert complaint(ground, "sidecar-hub-weu-0") == said
    assert complaint(ground, "nobody") == ""


@pytest.mark.parametrize(
    ("server_age", "taken", "held"),
    [(300.0, True, True), (300.0, False, False), (3600.0, True, False), (20.0, True, True)],
)
def test_what_failed_before_the_server_was_there_is_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server_age: float, taken: bool, held: bool
) -> None:
    """Alertmanagers of a new cluster send before the server is up, or before they find it. Once it takes
    everything that is over; of a server that has long been there every failure counts.
    """
    row = Series({"receiver_name": "oncall/heartbeat", "integration": "webhook", "reason": "other"}, 1.0)

    async def instant(ground: Ground, component: str, expression: str, params: object) -> tuple[Series, ...]:
        if "increase(alertmanager_notifications_failed_total[10m])" in expression:
            return (row,)
        if "receiver_name" in expression:
            return (row,) if taken else ()
        return (Series({}, 3.0),)

    monkeypatch.setattr(notifications_delivered, "instant", instant)
    server = Running("server", "server", "hub-weu", "ready", since=time.time() - server_age)
    deployment = Deployment("shop", "", "local", str(tmp_path), 0.0, 1, 0.0, (server,))

    async def proven() -> bool:
        async with httpx.AsyncClient() as client:
            try:
                await prove(Ground(example(), deployment, client, find), REPLICA)
            except Broken:
                return False
            return True

    assert asyncio.run(proven()) is held
