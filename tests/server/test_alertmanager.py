"""A real Alertmanager posts to the server: what it sends is taken, and shown on the page."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import yaml

from deploy.engines import find
from singlepane.server.app import create
from singlepane.server.service import Service
from tests.ports import free_address
from tests.server.conftest import served
from tests.server.estates import estate


@contextmanager
def _alertmanager(folder: Path, server: str) -> Iterator[str]:
    """One that notifies at once: the Watchdog to the heartbeat path, all else to the other."""
    hooks = {
        name: [{"url": f"{server}/api/v1/{name}", "send_resolved": True}]
        for name in ("alertmanager", "heartbeat")
    }
    config = folder / "alertmanager.yaml"
    config.write_text(
        yaml.safe_dump(
            {
                "route": {
                    "receiver": "alertmanager",
                    "group_by": ["cluster", "alertname"],
                    "group_wait": "100ms",
                    "group_interval": "1s",
                    "routes": [{"receiver": "heartbeat", "matchers": ['alertname="Watchdog"']}],
                },
                "receivers": [{"name": name, "webhook_configs": rows} for name, rows in hooks.items()],
            }
        )
    )
    address = free_address()
    arguments = [
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with (folder / "alertmanager.log").open("w") as log:
        process = subprocess.Popen([str(find("alertmanager")), *arguments], stdout=log, stderr=log)
    try:
        _until(lambda: _ready(address), "Alertmanager is not ready")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/-/ready", trust_env=False).is_success
    except httpx.TransportError:
        return False


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, f"{what} within 60 s"
        time.sleep(0.1)


def test_notifications_and_heartbeats_of_a_real_alertmanager(tmp_path: Path) -> None:
    """A firing alert turns the cluster red, its end turns it back, and a Watchdog is a heartbeat."""
    state = tmp_path / "state"
    state.mkdir()
    service = Service(estate(), state, state / "data")
    with served(create(service, "1")) as server, _alertmanager(tmp_path, server) as alertmanager:

        def post(name: str, **more: str) -> None:
            labels = {"alertname": name, "cluster": "prod-weu", "severity": "critical"}
            rows = [{"labels": labels, "annotations": {"summary": f"{name} it is."}, **more}]
            answer = httpx.post(f"{alertmanager}/api/v2/alerts", json=rows, trust_env=False)
            assert answer.is_success, answer.text

        def firing() -> list[str]:
            return [known.alert.labels["alertname"] for known in service.facts().firing()]

        post("Watchdog")
        began = datetime.now(UTC) - timedelta(minutes=10)
        post("ShopDown", startsAt=began.isoformat())
        _until(lambda: firing() == ["ShopDown"], "the alert did not arrive")
        _until(lambda: "prod-weu" in service.facts().heartbeats, "the heartbeat did not arrive")
        assert "ShopDown it is." in httpx.get(server).text
        post("ShopDown", startsAt=began.isoformat(), endsAt=datetime.now(UTC).isoformat())
        _until(lambda: firing() == [], "the end of the alert did not arrive")
        kept = httpx.get(f"{server}/api/v1/notifications").json()["notifications"]
        assert [row["status"] for row in kept] == ["resolved", "firing"]
        assert dict(service.refused) == {}
