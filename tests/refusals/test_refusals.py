"""What was done wrong is answered with what is wrong, where, and what to do; and nothing was touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.charts.helm import refusal
from tests.cluster.plane import Plane
from tests.refusals import (
    charts,
    halfway,
    keys,
    kubeconfigs,
    live,
    older,
    owners,
    reaching,
    rights,
    words,
)
from tests.refusals.case import DATA, Case, sections, transcript
from tests.refusals.charts import Values
from tests.refusals.world import World

# Of a real API server.
ASKED = {
    "reaching": reaching.CASES,
    "rights": rights.CASES,
    "owners": owners.CASES,
    "live": live.CASES,
    "older": older.CASES,
}
# Of a real API server that has changed when it is answered.
BEGUN: dict[str, tuple[Case, ...]] = {"halfway": halfway.CASES}
# Of nobody.
ALONE = {"keys": keys.CASES, "words": words.CASES, "kubeconfigs": kubeconfigs.CASES}
FAMILIES: dict[str, tuple[Case | Values, ...]] = {**ASKED, **BEGUN, **ALONE, "charts": charts.CASES}
WRITE = os.environ.get("SINGLEPANE_GOLDEN") == "write"
# What an apply would make; namespaced ones in all namespaces.
WATCHED = (
    "/api/v1/namespaces",
    "/api/v1/configmaps",
    "/api/v1/secrets",
    "/api/v1/services",
    "/apis/apps/v1/deployments",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A folder of its own."""
    yield World(tmp_path)


@pytest.fixture
def asked(tmp_path: Path, plane: Plane) -> Iterator[World]:
    """The same before a real API server; what a case made there is gone after it."""
    world = World(tmp_path, plane)
    yield world
    world.end()


def held(family: str, case: Case | Values, said: str) -> None:
    """Compare with what is recorded, or record it."""
    file = DATA / f"{family}.txt"
    known = sections(file.read_text()) if file.exists() else {}
    if WRITE:
        known[case.what] = said
        order = [each.what for each in FAMILIES[family]]
        file.write_text("\n".join(known[what] for what in order if what in known))
    assert "Traceback" not in said and "defect of singlepane" not in said
    assert known[case.what] == said


def rows(families: dict[str, tuple[Case, ...]]) -> list[Any]:
    """Family and case, named by both."""
    return [
        pytest.param(name, case, id=f"{name}: {case.what}") for name in families for case in families[name]
    ]


@pytest.mark.parametrize(("family", "case"), rows(ASKED))
def test_a_cluster_is_not_touched(family: str, case: Case, asked: World) -> None:
    """Everything that is there afterwards was there before: it is the same, and not even written again."""
    seen: list[dict[str, str]] = []

    def before(world: World) -> None:
        case.before(world)
        seen.append(state(world.server))

    watched = Case(case.what, case.words, case.changes, before)
    held(family, case, transcript(watched, asked))
    assert state(asked.server) == seen[0]


@pytest.mark.parametrize(("family", "case"), rows(BEGUN))
def test_what_was_begun_is_said(family: str, case: Case, asked: World) -> None:
    """What is done, what is not, and how to go on."""
    held(family, case, transcript(case, asked))


@pytest.mark.parametrize(("family", "case"), rows(ALONE))
def test_what_is_wrong_is_said(family: str, case: Case, world: World) -> None:
    """Before any cluster is asked."""
    held(family, case, transcript(case, world))


@pytest.mark.parametrize("case", charts.CASES, ids=lambda case: str(case.what))
def test_wrong_values_are_refused(case: Values) -> None:
    """Each with its place among the values."""
    said = refusal(case.chart, case.text)
    values = "".join(f"  {line}\n" for line in case.text.splitlines())
    shown = "".join(f"2> {line}".rstrip() + "\n" for line in said.splitlines())
    lines = f"=== {case.what}\n{values}$ helm template shop charts/{case.chart}\n{shown}exit 1\n"
    held("charts", case, lines)


def state(plane: Plane) -> dict[str, str]:
    """The resource version of every object that an apply could touch."""
    return {
        f"{path} {each['metadata'].get('namespace', '')}/{each['metadata']['name']}": each["metadata"][
            "resourceVersion"
        ]
        for path in WATCHED
        for each in plane.api.get(path)["items"]
    }


def test_every_case_is_recorded_once() -> None:
    """And no file holds one that is not there any more."""
    assert sum(map(len, FAMILIES.values())) >= 80
    for family, cases in FAMILIES.items():
        names = [case.what for case in cases]
        assert len(set(names)) == len(names)
        assert list(sections((DATA / f"{family}.txt").read_text())) == names
