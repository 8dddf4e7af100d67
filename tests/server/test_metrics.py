"""The server's own metrics: compared whole, and read by promtool."""

from __future__ import annotations

import asyncio
import subprocess

import httpx

from deploy.engines import find
from singlepane.server.service import Service
from tests.server.estates import NOW, alert, notification

EXPECTED = """\
singlepane_info{estate="shop",version="1.2.3"} 1.0
singlepane_heartbeat_last_timestamp_seconds{expected_cluster="hub-weu"} 1.795435192e+09
singlepane_heartbeat_last_timestamp_seconds{expected_cluster="prod-weu"} 1.7954352e+09
singlepane_heartbeat_last_timestamp_seconds{expected_cluster="prod-neu"} 1.795435192e+09
singlepane_heartbeats_received_total{expected_cluster="hub-weu"} 1.0
singlepane_heartbeats_received_total{expected_cluster="prod-weu"} 2.0
singlepane_heartbeats_received_total{expected_cluster="prod-neu"} 1.0
singlepane_heartbeat_clusters_unexpected 0.0
singlepane_clusters{level="bad"} 1.0
singlepane_clusters{level="unknown"} 0.0
singlepane_clusters{level="attention"} 0.0
singlepane_clusters{level="well"} 2.0
singlepane_components{state="waiting"} 0.0
singlepane_components{state="starting"} 0.0
singlepane_components{state="ready"} 23.0
singlepane_components{state="backoff"} 0.0
singlepane_components{state="failed"} 0.0
singlepane_components{state="stopped"} 0.0
singlepane_components{state="unknown"} 0.0
singlepane_supervisor_up 1.0
singlepane_verification_ok 1.0
singlepane_verification_timestamp_seconds 1.795435188e+09
singlepane_verification_hops{result="held"} 30.0
singlepane_verification_hops{result="broken"} 0.0
singlepane_verification_hops{result="not_reached"} 0.0
singlepane_alerts_firing{severity="critical"} 1.0
singlepane_alerts_firing{severity="info"} 0.0
singlepane_alerts_firing{severity="warning"} 0.0
singlepane_alerts_truncated 0.0
singlepane_connections_open 0.0
singlepane_notifications_received_total{status="firing"} 1.0
singlepane_notifications_received_total{status="resolved"} 0.0
singlepane_requests_refused_total{reason="host"} 0.0
singlepane_requests_refused_total{reason="site"} 0.0
singlepane_requests_refused_total{reason="type"} 0.0
singlepane_requests_refused_total{reason="size"} 0.0
singlepane_requests_refused_total{reason="slow"} 0.0
singlepane_requests_refused_total{reason="shape"} 1.0
singlepane_requests_refused_total{reason="store"} 0.0
singlepane_requests_refused_total{reason="busy"} 0.0
singlepane_connections_shed_total{reason="idle"} 0.0
singlepane_connections_shed_total{reason="head"} 0.0
singlepane_connections_shed_total{reason="body"} 0.0
singlepane_connections_shed_total{reason="reading"} 0.0
singlepane_connections_shed_total{reason="leaving"} 0.0
singlepane_connections_shed_total{reason="room"} 0.0
singlepane_connections_shed_total{reason="full"} 0.0
singlepane_connections_shed_total{reason="descriptors"} 0.0
singlepane_connections_shed_total{reason="malformed"} 0.0
singlepane_verifications_total{result="ok"} 0.0
singlepane_verifications_total{result="broken"} 0.0
singlepane_verifications_total{result="error"} 0.0
"""


async def _exposition(client: httpx.AsyncClient) -> str:
    await client.post("/api/v1/alertmanager", json=notification([alert("TargetDown", "prod-neu")]))
    await client.post("/api/v1/alertmanager", json={})
    await client.post("/api/v1/heartbeat", json=notification([alert("Watchdog", "prod-weu")]))
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return answer.text


async def test_all_families(client: httpx.AsyncClient, service: Service) -> None:
    """Every series of ours with its value; the time of the status file alone is this machine's."""
    changed = service.facts().status.changed
    ours = [
        line
        for line in (await _exposition(client)).splitlines()
        if line.startswith("singlepane_") and "status_changed" not in line
    ]
    assert "\n".join(ours) + "\n" == EXPECTED
    assert changed > 0
    assert service.facts().now == NOW


async def test_promtool_finds_nothing(client: httpx.AsyncClient) -> None:
    """Names, types, help and units are as Prometheus wants them."""
    text = await _exposition(client)
    ours = "\n".join(line for line in text.splitlines() if "singlepane_" in line) + "\n"
    checked = await asyncio.to_thread(
        subprocess.run,
        [str(find("promtool")), "check", "metrics"],
        input=ours,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


async def test_openmetrics_is_spoken_when_asked_for(client: httpx.AsyncClient) -> None:
    """Prometheus asks for it first."""
    accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
    answer = await client.get("/metrics", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.text.endswith("# EOF\n")


async def test_the_process_is_watched_too(client: httpx.AsyncClient) -> None:
    """Memory and processor time of the server itself."""
    text = (await client.get("/metrics")).text
    assert "\nprocess_resident_memory_bytes " in text
    assert "\npython_info{" in text
