"""`exporter check` and `exporter plan` against the simulator: real TLS, real signing in, real refusals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from singlepane.commands.exporter import app
from tests.exporters.simulated import (
    CLIENT,
    GATEWAYS,
    SECRET,
    STORAGE,
    SUBSCRIPTIONS,
    TENANT,
    Azure,
    azure,
    fleet_text,
)

FLEET = {
    "shop-a": [{"type": STORAGE, "count": 51, "name": "sa{n:03}"}, {"type": GATEWAYS, "count": 2}],
    "shop-b": [{"type": STORAGE, "count": 3, "name": "sb{n:03}"}],
}
ROWS: list[dict[str, Any]] = [
    {"type": STORAGE, "names": ["Ingress", "Transactions"], "aggregations": ["Total"]},
    {"type": GATEWAYS, "names": ["ResponseStatus"], "dimensions": ["HttpStatusGroup"]},
]


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client secret that the fleet knows."""
    monkeypatch.setenv(SECRET, "simulator")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost,.localhost")


@pytest.fixture
def world(tmp_path: Path, secret: None) -> Iterator[Azure]:
    """Two subscriptions where all is allowed."""
    with azure(tmp_path, fleet_text(FLEET)) as found:
        yield found


def denied(tmp_path: Path, *actions: str, **more: Any) -> Any:
    """The same fleet, whose principal lacks some actions."""
    principal = {"client_id": CLIENT, "secret": "simulator", "denied": list(actions), **more}
    return azure(tmp_path, fleet_text(FLEET, principals=[principal]))


def config(found: Azure, *rows: dict[str, Any], **keys: Any) -> str:
    """A configuration file of the simulator's endpoints."""
    endpoints = found.endpoints
    document = {
        "apiVersion": "singlepane/v1",
        "name": "trial",
        "tenants": {"main": {"id": TENANT}},
        "subscriptions": {name: {"id": id, "tenant": "main"} for name, id in SUBSCRIPTIONS.items()},
        "azure": {
            "authority": endpoints.authority,
            "arm": endpoints.arm,
            "metrics": endpoints.metrics,
            "ca_file": endpoints.ca_file,
            "client_id": CLIENT,
        },
        "exporters": {
            "platform": {
                "kind": "azure",
                "scope": list(SUBSCRIPTIONS),
                "identity": f"env:{SECRET}",
                "metrics": list(rows or ROWS),
                **keys,
            }
        },
    }
    path = found.folder / "exporter.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return str(path)


def with_module(found: Azure, target: str = "", **keys: Any) -> str:
    """A configuration of one module, which may read one resource group."""
    path = Path(config(found))
    document = yaml.safe_load(path.read_text())
    row = document.pop("exporters")["platform"]
    module = {"kind": "azure", "identity": row["identity"], "metrics": row["metrics"][:1]}
    subscription = SUBSCRIPTIONS["shop-a"]
    target = (
        target or f"/subscriptions/{subscription}/resourceGroups/{found.resource('sa002').resource_group}"
    )
    document["subscriptions"].pop("shop-a")
    document["modules"] = {"storage": {**module, "targets": [target], "tenant": "main", **keys}}
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return str(path)


def run(*arguments: str) -> tuple[int, Any]:
    """Exit code and document of a verb."""
    ran = CliRunner().invoke(app, [*arguments, "-o", "json"])
    assert ran.stdout, ran.output + str(ran.exception)
    return ran.exit_code, json.loads(ran.stdout)


def bad(document: Any) -> list[tuple[str, str, str, str]]:
    """Tries that did not succeed."""
    return [
        (each["step"], each["subject"], each["state"], each["action"])
        for each in document["tries"]
        if each["state"] != "ok"
    ]


def test_parts_of_accounts_are_tried(world: Azure) -> None:
    """What no listing shows is found through its account, and no right is taken to be missing."""
    row = {"type": f"{STORAGE}/queueServices", "names": ["QueueMessageCount"], "interval": "PT1H"}
    code, document = run("check", "--config", config(world, row))
    assert (code, document["well"], bad(document), document["mismatches"]) == (0, True, [], [])
    assert {each["subject"] for each in document["tries"] if each["step"] == "metrics"} == {
        "microsoft.storage/storageaccounts/queueservices in shop-a",
        "microsoft.storage/storageaccounts/queueservices in shop-b",
    }


def test_where_no_account_is_seen_the_right_is_the_accounts(world: Azure) -> None:
    """A part has no right of its own to be seen by."""
    row = {"type": f"{STORAGE}/fileServices", "names": ["FileCapacity"], "interval": "PT1H"}
    path = config(world, row, select={"regions": ["swedencentral"]})
    code, document = run("check", "--config", path)
    assert code == 0
    remedies = {each["remedy"] for each in document["tries"] if each["step"] == "resource-graph"}
    assert remedies == {f"if there are any, a right such as {STORAGE}/read is missing"}


def test_all_is_well(world: Azure) -> None:
    """Every call that the exporter makes is tried once per tenant, subscription and type."""
    code, document = run("check", "--config", config(world))
    assert (code, document["well"], bad(document), document["mismatches"]) == (0, True, [], [])
    storage, gateways = STORAGE.lower(), GATEWAYS.lower()
    assert [(each["step"], each["subject"]) for each in document["tries"]] == [
        ("sign-in", f"{TENANT} for {world.endpoints.arm_scope}"),
        ("sign-in", f"{TENANT} for {world.endpoints.metrics_scope}"),
        ("subscription", "shop-a"),
        ("subscription", "shop-b"),
        ("resource-graph", "shop-a"),
        ("listing", "shop-a"),
        ("resource-graph", "shop-b"),
        ("listing", "shop-b"),
        ("definitions", f"{gateways} in shop-a"),
        ("metrics", f"{gateways} in shop-a"),
        ("definitions", f"{storage} in shop-a"),
        ("metrics", f"{storage} in shop-a"),
        ("definitions", f"{storage} in shop-b"),
        ("metrics", f"{storage} in shop-b"),
    ]


def test_what_is_read_in_another_form_is_said(world: Azure) -> None:
    """Totals that become gauges are named before the first value is read, by `check` and by `plan`, with and
    without Azure; `as` needs no word. An interval that a metric lacks is a problem, and replaced.
    """
    rows: list[dict[str, Any]] = [
        {"type": GATEWAYS, "names": ["CurrentConnections", "TotalRequests"]},
        {"type": GATEWAYS, "names": ["WebSocketActiveConnections"], "as": "counter"},
        {"type": STORAGE, "names": ["UsedCapacity"], "interval": "PT5M"},
    ]
    path = config(world, *rows)
    note = (
        f"platform: {GATEWAYS.lower()}: gauges by the table of levels: CurrentConnections; "
        "`as: counter` counts them."
    )
    code, checked = run("check", "--config", path)
    assert (code, checked["notes"]) == (1, [note])
    assert [(each["code"], each["fix"]) for each in checked["mismatches"]] == [("interval", "write PT1H")]
    code, planned = run("plan", "--config", path)
    assert (code, planned["notes"]) == (1, [note])
    (problem,) = planned["problems"]
    assert problem.endswith(
        "'UsedCapacity' of Microsoft.Storage/storageAccounts has no interval 'PT5M': "
        "PT1H is read in its place (write PT1H)"
    )
    assert {each["interval"] for each in planned["groups"] if each["type"] == STORAGE.lower()} == {"PT1H"}
    code, imagined = run("plan", "--config", path, "--resources", f"{GATEWAYS}=2")
    assert code == 0
    assert note in imagined["notes"]


def test_metrics_of_some_kinds_are_said(tmp_path: Path, secret: None) -> None:
    """A metric that only Standard addresses have is no mistake, whichever kind is looked at first."""
    addresses = "Microsoft.Network/publicIPAddresses"
    rows = [
        {"type": addresses, "name": "a", "sku": {"name": "Basic"}, "lacks": ["VipAvailability"]},
        {"type": addresses, "name": "b", "sku": {"name": "Standard"}},
    ]
    with azure(tmp_path, fleet_text({"shop-a": rows, "shop-b": []})) as found:
        path = config(found, {"type": addresses, "names": ["VipAvailability"]})
        code, checked = run("check", "--config", path)
        assert (code, checked["mismatches"]) == (0, [])
        partly = "not of all kinds and SKUs, and read where it is: VipAvailability."
        assert checked["notes"] == [f"platform: {addresses.lower()}: {partly}"]
        _, planned = run("plan", "--config", path)
        assert [each["resources"] for each in planned["groups"]] == [1]


@pytest.mark.parametrize(
    ("action", "step"),
    [
        ("Microsoft.Insights/metrics/read", "metrics"),
        ("Microsoft.Insights/metricDefinitions/read", "definitions"),
        ("Microsoft.Resources/subscriptions/resources/read", "listing"),
    ],
)
def test_a_missing_right_is_named(action: str, step: str, tmp_path: Path, secret: None) -> None:
    """Where an action is denied, the step that needs it says which, and nothing else is blamed."""
    with denied(tmp_path, action) as found:
        code, document = run("check", "--config", config(found))
    assert code == 1
    missing = {(each[0], each[3]) for each in bad(document) if each[2] == "missing"}
    assert missing == {(step, action)}
    assert not [each for each in bad(document) if each[2] == "failed"]


@pytest.mark.parametrize(
    ("status", "said"), [(429, "others use up the quota"), (529, "back end is overloaded"), (503, "no room")]
)
def test_who_is_asked_to_wait_is_told_why(status: int, said: str, tmp_path: Path, secret: None) -> None:
    """529 says that Azure's back end is full (limits of metrics:getBatch): no quota of anybody is used up."""
    faults = [
        {"name": "full", "kind": "status", "status": status, "retry_after": "900", "apis": ["definitions"]}
    ]
    with azure(tmp_path, fleet_text(FLEET, faults=faults)) as found:
        code, document = run("check", "--config", config(found))
    assert code == 1
    first, *others = [each["remedy"] for each in document["tries"] if each["step"] == "definitions"]
    assert said in first
    assert others and all("a call before this one was asked to wait" in each for each in others)


def test_resource_graph_that_shows_nothing_is_said(tmp_path: Path, secret: None) -> None:
    """It refuses nobody. What it hides is found by the listing, and the right is named as a possibility."""
    with denied(tmp_path, "Microsoft.Resources/resources/read") as found:
        _, document = run("check", "--config", config(found))
    unseen = [each for each in document["tries"] if each["step"] == "resource-graph"]
    assert [each["state"] for each in unseen] == ["unseen", "unseen"]
    assert f"{STORAGE}/read" in unseen[0]["remedy"]


def test_a_subscription_without_a_role(tmp_path: Path, secret: None) -> None:
    """It is not among those that the identity sees; the other one is checked to the end."""
    with denied(tmp_path, subscriptions=["shop-a"]) as found:
        code, document = run("check", "--config", config(found))
    assert (code, bad(document)) == (
        1,
        [("subscription", "shop-b", "missing", "Microsoft.Resources/subscriptions/read")],
    )


def test_a_wrong_secret_stops_at_the_door(world: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in fails with Entra's own word, the secret is not repeated, and nothing else is tried."""
    monkeypatch.setenv(SECRET, "a-wrong-secret")
    code, document = run("check", "--config", config(world))
    assert (code, [each["step"] for each in document["tries"]]) == (1, ["sign-in"])
    assert "AADSTS7000215" in document["tries"][0]["detail"]
    assert "a-wrong-secret" not in json.dumps(document)


def test_libraries_add_nothing_to_the_output(world: Azure, tmp_path: Path) -> None:
    """azure-identity logs a failed token by itself. A person reads the table and what to do, nothing else."""
    path = config(world)
    place = Path(sys.executable).with_name("singlepane")
    environment = {**os.environ, SECRET: "a-wrong-secret"}
    command = [str(place), "exporter", "check", "--config", path]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert ran.returncode == 1
    assert "AADSTS7000215" in ran.stdout
    assert "get_token" not in ran.stdout + ran.stderr
    assert [line for line in ran.stderr.splitlines() if "Credential" in line] == []


def test_what_a_type_does_not_have(world: Azure) -> None:
    """Each wrong word is named with its place and the closest legal one, before any value is asked for."""
    row = {"type": STORAGE, "names": ["Ingres", "Egress"], "aggregations": ["Total"]}
    code, document = run("check", "--config", config(world, row))
    assert code == 1
    assert document["mismatches"] == [
        {
            "path": "exporters.platform.metrics.0.names.0",
            "code": "metric",
            "message": f"{STORAGE} has no metric 'Ingres'",
            "fix": "did you mean Ingress?",
        }
    ]


def test_a_person_reads_a_table(tmp_path: Path, secret: None) -> None:
    """Without -o json: one row per try, what to do on stderr."""
    with denied(tmp_path, "Microsoft.Insights/metrics/read") as found:
        ran = CliRunner().invoke(app, ["check", "--config", config(found)])
    assert ran.exit_code == 1
    assert "right missing" in ran.stdout and "Microsoft.Insights/metrics/read" in ran.stdout
    assert "singlepane exporter roles" in ran.stderr


async def test_the_plan_is_what_the_exporter_calls(world: Azure) -> None:
    """The calls of a plan are those of the exporter's first cycle, to the last one."""
    collector = world.collector(*ROWS)
    await collector.collect()
    calls = sum(n for (api, _), n in collector.clients.traffic.requests.items() if api == "batch")
    series = sum(group.calls for group in collector.groups)
    await collector.close()
    assert calls == series == 2 + 1 + 1


def test_a_plan_with_azure(world: Azure) -> None:
    """Resources are found and definitions read, and the calls are counted; no metric is called."""
    code, document = run("plan", "--config", config(world))
    storage, gateways = STORAGE.lower(), GATEWAYS.lower()
    assert code == 0
    assert [
        (each["subscription"], each["type"], each["resources"], each["calls"], each["calls_per_day"])
        for each in document["groups"]
    ] == [
        ("shop-a", gateways, 2, 1, 1440),
        ("shop-a", storage, 51, 2, 2880),
        ("shop-b", storage, 3, 1, 1440),
    ]
    assert document["totals"] == {
        "calls_per_cycle": 4,
        "calls_per_day": 5760,
        "series_at_least": 2 + 102 + 6,
        "usd_per_month": 0.0,
    }
    assert (document["estimate"], document["problems"]) == (True, [])
    assert world.world.calls
    assert not [call for call in world.world.calls if "batch" in call[0].lower()]


def test_a_plan_that_sees_too_little_says_so(tmp_path: Path, secret: None) -> None:
    """A subscription that cannot be listed makes the plan incomplete, and the exit code says it."""
    with denied(tmp_path, subscriptions=["shop-a"]) as found:
        code, document = run("plan", "--config", config(found))
    assert code == 1
    assert [problem for problem in document["problems"] if "shop-b" in problem]
    assert {each["subscription"] for each in document["groups"]} == {"shop-a"}


def test_modules_are_tried_too(world: Azure) -> None:
    """Also where only an id names the subscription; nothing is asked of what is not among the targets."""
    code, document = run("check", "--config", with_module(world))
    assert (code, bad(document), {each["exporter"] for each in document["tries"]}) == (0, [], {"storage"})
    place = f"{STORAGE.lower()} in {SUBSCRIPTIONS['shop-a']}"
    steps = [(each["step"], each["subject"]) for each in document["tries"]]
    assert steps[-2:] == [("definitions", place), ("metrics", place)]
    elsewhere = with_module(world, targets=[f"/subscriptions/{SUBSCRIPTIONS['shop-a']}/resourceGroups/other"])
    code, document = run("check", "--config", elsewhere)
    assert (code, bad(document)) == (0, [("definitions", STORAGE.lower(), "unseen", "")])


def test_what_a_module_names_wrongly(world: Azure) -> None:
    """Its place is the module's."""
    row = {"type": STORAGE, "names": ["Ingres"], "aggregations": ["Total"]}
    code, document = run("check", "--config", with_module(world, metrics=[row]))
    assert (code, [each["path"] for each in document["mismatches"]]) == (
        1,
        ["modules.storage.metrics.0.names.0"],
    )


def test_a_plan_says_what_it_leaves_out(world: Azure) -> None:
    """What is probed depends on who probes."""
    code, document = run("plan", "--config", with_module(world))
    assert (code, document["groups"], len(document["notes"])) == (0, [], 1)
    assert "at the most every 60 s" in document["notes"][0]
