"""`exporter check` on what only values show: metrics that Azure refuses, and those that bring nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.exporters.advice.test_check_plan import bad, config, run
from tests.exporters.simulated import SECRET, STORAGE, azure, fleet_text

NAMES: dict[str, Any] = {"type": STORAGE, "names": ["Egress", "Ingress"], "aggregations": ["Total"]}
PLACE = f"{STORAGE.lower()} in shop-a"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the simulated application signs in with."""
    monkeypatch.setenv(SECRET, "simulator")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost,.localhost")


def checked(
    folder: Path, *rows: dict[str, Any], accounts: list[dict[str, Any]] | None = None, **more: Any
) -> tuple[int, Any]:
    """Exit code and document for storage accounts in the one subscription that there is."""
    accounts = accounts or [{"type": STORAGE, "name": "st{n}", "count": 3}]
    with azure(folder, fleet_text({"shop-a": accounts, "shop-b": []}, **more)) as found:
        return run("check", "--config", config(found, *rows))


def of_values(document: Any) -> list[tuple[str, str]]:
    """What is said of metrics: state and subject."""
    return [(state, subject) for step, subject, state, _ in bad(document) if step == "metrics"]


def test_a_metric_that_needs_a_split(tmp_path: Path) -> None:
    """It is named with Azure's word and what to do; the other one is fine."""
    behaviour = {STORAGE: {"needs_split": ["Egress"], "absent": 0}}
    code, document = checked(tmp_path, NAMES, behaviour_of=behaviour)
    assert (code, of_values(document)) == (1, [("failed", f"Egress of {PLACE}")])
    (said,) = [each for each in document["tries"] if each["subject"] == f"Egress of {PLACE}"]
    assert "does not accept zero dimension case" in said["detail"]
    assert said["remedy"].endswith("split by ApiName, Authentication, GeoType")


@pytest.mark.parametrize("kind", ["silent_split", "unsplit"])
def test_a_split_that_brings_nothing(kind: str, tmp_path: Path) -> None:
    """Split there is no value and unsplit there is: that is a finding, of this metric alone."""
    behaviour = {STORAGE: {kind: ["Egress"], "absent": 0}}
    code, document = checked(tmp_path, {**NAMES, "dimensions": ["ApiName"]}, behaviour_of=behaviour)
    assert (code, of_values(document)) == (1, [("failed", f"Egress of {PLACE}")])
    (said,) = [each for each in document["tries"] if each["subject"] == f"Egress of {PLACE}"]
    assert said["remedy"] == "put Egress into a row without the split by ApiName"


def test_resources_that_are_idle(tmp_path: Path) -> None:
    """No value at all is said, accuses nobody and is no error."""
    accounts = [{"type": STORAGE, "name": "st{n}", "count": 2, "silent": True}]
    code, document = checked(tmp_path, NAMES, accounts=accounts)
    assert (code, document["well"]) == (0, True)
    assert of_values(document) == [("silent", f"Egress of {PLACE}"), ("silent", f"Ingress of {PLACE}")]
    assert "they may have had nothing to report" in document["tries"][-1]["detail"]


def test_resources_that_differ(tmp_path: Path) -> None:
    """A metric that one of three lacks is read of the others: said, and no error."""
    accounts: list[dict[str, Any]] = [
        {"type": STORAGE, "name": "st{n}", "count": 2},
        {"type": STORAGE, "name": "zz", "lacks": ["Egress"]},
    ]
    code, document = checked(tmp_path, NAMES, accounts=accounts, behaviour={"absent": 0})
    assert (code, of_values(document)) == (0, [("part", f"Egress of {PLACE}")])
    assert document["tries"][-1]["detail"].startswith("1 of 3 resources tried do not have it")


def test_a_type_that_no_route_takes(tmp_path: Path) -> None:
    """It is a failure with Azure's word, and no metric is blamed."""
    refuses = {api: [STORAGE] for api in ("batch", "subscription", "resource")}
    code, document = checked(tmp_path, NAMES, refuses=refuses)
    assert (code, of_values(document)) == (1, [("failed", PLACE)])
    assert "is not a supported platform metric namespace" in document["tries"][-1]["detail"]
