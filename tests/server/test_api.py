"""The API: documents compared whole, and described by an OpenAPI document that holds."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from singlepane.server.app import create
from singlepane.server.service import Service
from tests.server.conftest import Make, speak
from tests.server.estates import DATA, NOW, alert, deployment, notification, verification, write

POINT_AT = "Point an Alertmanager webhook_config at this path, with its default payload."


async def _json(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_notification_is_kept_and_shown_as_it_came(client: httpx.AsyncClient) -> None:
    """Labels, annotations, status and times are those that Alertmanager posted."""
    body = json.loads((DATA / "webhook-v4-firing-group.json").read_text())
    answer = await client.post("/api/v1/alertmanager", json=body)
    assert (answer.status_code, answer.json()) == (200, {"kept": True, "clusters": []})
    assert await _json(client, "/api/v1/notifications") == {
        "notifications": [
            {
                "received": NOW,
                "status": "firing",
                "receiver": "webhook",
                "group_key": body["groupKey"],
                "truncated_alerts": 0,
                "alerts": body["alerts"],
            }
        ]
    }


async def test_newest_first_and_no_more_than_asked_for(client: httpx.AsyncClient) -> None:
    """`limit` takes the newest."""
    for name in ("A", "B", "C"):
        await client.post("/api/v1/alertmanager", json=notification([alert(name, "prod-weu")]))
    found = await _json(client, "/api/v1/notifications?limit=2")
    assert [row["alerts"][0]["labels"]["alertname"] for row in found["notifications"]] == ["C", "B"]
    refused = await client.get("/api/v1/notifications?limit=0")
    assert (refused.status_code, refused.json()) == (
        422,
        {
            "error": "the address asks for what is not there",
            "remedy": "",
            "findings": ["limit: Input should be greater than or equal to 1"],
        },
    )


async def test_heartbeats_of_every_expected_cluster(client: httpx.AsyncClient, make: Make) -> None:
    """All clusters are listed, silent ones and those of nobody too."""
    service = make()
    service.journal.beat(["hub-weu"], NOW - 400)
    async with speak(create(service, "1")) as own:
        for cluster in ("prod-weu", "prod-weu", "stray"):
            posted = await own.post("/api/v1/heartbeat", json=notification([alert("Watchdog", cluster)]))
            assert posted.json() == {"kept": True, "clusters": [cluster]}
        found = await _json(own, "/api/v1/heartbeats")
    assert found == {
        "heartbeats": [
            {
                "cluster": "hub-weu",
                "last": NOW - 400,
                "age_seconds": 400.0,
                "count": 1,
                "state": "silent",
                "expected": True,
            },
            {
                "cluster": "prod-weu",
                "last": NOW,
                "age_seconds": 0.0,
                "count": 2,
                "state": "beating",
                "expected": True,
            },
            {
                "cluster": "prod-neu",
                "last": None,
                "age_seconds": None,
                "count": 0,
                "state": "silent",
                "expected": True,
            },
            {
                "cluster": "stray",
                "last": NOW,
                "age_seconds": 0.0,
                "count": 1,
                "state": "beating",
                "expected": False,
            },
        ]
    }


async def test_a_resolved_heartbeat_is_taken_and_not_counted(client: httpx.AsyncClient) -> None:
    """Alertmanager must not try it again, and no cluster lives by it."""
    body = notification([alert("Watchdog", "prod-weu", status="resolved")], status="resolved")
    answer = await client.post("/api/v1/heartbeat", json=body)
    assert (answer.status_code, answer.json()) == (200, {"kept": True, "clusters": []})
    assert [row["count"] for row in (await _json(client, "/api/v1/heartbeats"))["heartbeats"]] == [1, 1, 1]


async def test_a_heartbeat_of_no_cluster_is_refused(client: httpx.AsyncClient, service: Service) -> None:
    """A Prometheus without external labels is told what it lacks."""
    answer = await client.post("/api/v1/heartbeat", json=notification([alert("Watchdog", "")]))
    assert (answer.status_code, answer.json()) == (
        422,
        {
            "error": "no alert in this heartbeat has a cluster label",
            "remedy": "Give every Prometheus its cluster as an external label.",
            "findings": [],
        },
    )
    assert service.refused["shape"] == 1


@pytest.mark.parametrize(
    ("content", "findings"),
    [
        (b"", ["body: Field required"]),
        (b"null", ["body: Input should be a valid dictionary or object to extract fields from"]),
        (b"[]", ["body: Input should be a valid dictionary or object to extract fields from"]),
        (
            b'{"version": "4",',
            ["body: not JSON at character 16: Expecting property name enclosed in double quotes"],
        ),
        (b"\xff\xfe{}", ["body: not JSON at character 0: Expecting value"]),
        (b'{"\xff": 1}', ["body: it cannot be read as JSON"]),
        (b"[" * 100_000, ["body: it cannot be read as JSON"]),
        (b"[" + b"1" * 5_000 + b"]", ["body: it cannot be read as JSON"]),
        (
            json.dumps(notification([alert("A", "x", fingerprint="zz")], status="burning")).encode(),
            [
                "status: Input should be 'firing' or 'resolved'",
                "alerts[0].fingerprint: String should match pattern '^[0-9a-f]{16}$'",
            ],
        ),
    ],
)
async def test_other_shapes_are_refused_by_name(
    client: httpx.AsyncClient, service: Service, content: bytes, findings: list[str]
) -> None:
    """Each is answered with what is wrong and where; nothing is kept."""
    headers = {"Content-Type": "application/json"}
    answer = await client.post("/api/v1/alertmanager", content=content, headers=headers)
    assert (answer.status_code, answer.json()) == (
        422,
        {
            "error": "this is not Alertmanager's webhook document, version 4",
            "remedy": POINT_AT,
            "findings": findings,
        },
    )
    assert service.refused["shape"] == 1
    assert await _json(client, "/api/v1/notifications") == {"notifications": []}


async def test_what_cannot_be_kept_is_to_be_sent_again(client: httpx.AsyncClient, service: Service) -> None:
    """503 makes Alertmanager try again; 200 would lose it."""
    pages = service.journal._database.execute("PRAGMA page_count").fetchone()[0]
    service.journal._database.execute(f"PRAGMA max_page_count = {pages}")
    body = notification([alert("A", "prod-weu", **{f"a{n}": "x" * 2_000 for n in range(60)})])
    answer = await client.post("/api/v1/alertmanager", json=body)
    assert (answer.status_code, answer.json()) == (
        503,
        {
            "error": "it could not be kept: database or disk is full",
            "remedy": "Free disk space; Alertmanager sends it again.",
            "findings": [],
        },
    )
    assert service.refused["store"] == 1
    service.journal._database.execute("PRAGMA max_page_count = 1000000")
    assert (await client.post("/api/v1/alertmanager", json=body)).status_code == 200


async def test_estate(client: httpx.AsyncClient) -> None:
    """The verdict, each cluster and what to open."""
    found = await _json(client, "/api/v1/estate")
    assert found["verdict"] == {
        "level": "well",
        "headline": "All 3 clusters are well",
        "detail": "All 30 hops of the data path were proven 12 s ago. Nothing fires.",
    }
    assert found["clusters"][0] == {
        "name": "hub-weu",
        "role": "hub",
        "region": "westeurope",
        "subscription": "main",
        "version": "1.36",
        "labels": {},
        "level": "well",
        "reasons": [],
        "components_ready": 13,
        "components": 13,
        "hops_broken": 0,
        "hops_held": 10,
        "hops": 10,
        "alerts_firing": 0,
    }
    assert [row["label"] for row in found["links"]] == [
        "Query",
        "Alertmanager",
        "Prometheus hub-weu-0",
        "Prometheus prod-weu-0",
        "Prometheus prod-neu-0",
    ]
    assert {key: found[key] for key in ("name", "hub", "target")} == {
        "name": "shop",
        "hub": "hub-weu",
        "target": "kubernetes",
    }


async def test_components(client: httpx.AsyncClient) -> None:
    """What the supervisor wrote, without process ids and paths."""
    found = await _json(client, "/api/v1/components")
    assert found["supervised"] is True
    assert found["problem"] == ""
    assert len(found["components"]) == 23
    assert found["components"][4] == {
        "name": "query",
        "kind": "query",
        "cluster": "hub-weu",
        "replica": None,
        "state": "ready",
        "addresses": {"http": "127.0.0.1:21004"},
        "restarts": 0,
        "since": NOW - 7_186,
        "last_error": "",
        "note": "",
    }


async def test_verification(client: httpx.AsyncClient, service: Service) -> None:
    """The document of `verify -o json` as it is, and its age."""
    found = await _json(client, "/api/v1/verification")
    expected = json.loads(json.dumps(verification(service.estate).document()))
    assert found == {"age_seconds": 12.0, "stale": False, "problem": "", "verification": expected}


async def test_before_anything_was_written(make: Make) -> None:
    """Nothing is known, and that is what is said; no error."""
    async with speak(create(make(empty=True), "1")) as client:
        assert await _json(client, "/api/v1/verification") == {
            "age_seconds": None,
            "stale": False,
            "problem": "",
            "verification": None,
        }
        assert await _json(client, "/api/v1/components") == {
            "changed": None,
            "age_seconds": None,
            "supervised": False,
            "problem": "",
            "components": [],
        }
        estate = await _json(client, "/api/v1/estate")
        assert (estate["verdict"]["level"], estate["links"], estate["target"]) == ("unknown", [], "")
        assert (await client.get("/readyz")).status_code == 200


async def test_the_state_of_another_estate_is_not_shown(make: Make, tmp_path: Path) -> None:
    """A wrong --state is said, not displayed."""
    service = make(empty=True)
    other = deployment(service.estate, tmp_path, estate="bakery")
    write(service.status.path.parent, other, verification(service.estate, estate="bakery"))
    async with speak(create(service, "1")) as client:
        found = await _json(client, "/api/v1/components")
        assert (found["problem"], found["components"]) == (
            "The state folder belongs to the estate “bakery”.",
            [],
        )
        assert (await _json(client, "/api/v1/verification"))["verification"] is None


async def test_no_reference_to_a_secret_is_shown(client: httpx.AsyncClient) -> None:
    """Not even the name under which a secret is kept, nor a path of this machine."""
    for path in ("/", "/?show=all", "/api/v1/estate", "/api/v1/components", "/metrics"):
        text = (await client.get(path)).text
        assert "env:" not in text
        assert "/state-0" not in text


async def test_the_openapi_document_holds(client: httpx.AsyncClient) -> None:
    """It is valid, and names every path with its answers."""
    document = await _json(client, "/api/v1/openapi.json")
    validate(document)
    assert {path: sorted(methods) for path, methods in document["paths"].items()} == {
        "/api/v1/alertmanager": ["post"],
        "/api/v1/heartbeat": ["post"],
        "/api/v1/estate": ["get"],
        "/api/v1/components": ["get"],
        "/api/v1/verification": ["get"],
        "/api/v1/dashboards": ["get"],
        "/api/v1/dashboards/{uid}": ["get"],
        "/api/v1/heartbeats": ["get"],
        "/api/v1/notifications": ["get"],
        "/healthz": ["get"],
        "/readyz": ["get"],
    }
    posted = document["paths"]["/api/v1/alertmanager"]["post"]
    assert posted["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Notification"
    }
    assert sorted(posted["responses"]) == ["200", "403", "413", "415", "422", "503"]


async def test_a_defect_is_an_error_document_and_no_traceback(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks inside, the reader gets a sentence."""

    def broken(*_: object) -> None:
        raise sqlite3.ProgrammingError("closed")

    monkeypatch.setattr(service.journal, "notifications", broken)
    transport = httpx.ASGITransport(create(service, "1"), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get("/api/v1/notifications")
        monkeypatch.setattr(service, "facts", lambda: 1 / 0)
        page = await client.get("/")
    assert (answer.status_code, answer.json()["error"]) == (503, "it could not be kept: closed")
    assert (page.status_code, page.json()["error"]) == (500, "ZeroDivisionError: division by zero")
    assert "Traceback" not in page.text
