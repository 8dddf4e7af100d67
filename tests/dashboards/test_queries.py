"""Every query of every dashboard on a real Prometheus: no error, right values, chosen clusters only."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from dashboards import DASHBOARDS
from dashboards.interpolate import Choice, interpolated
from dashboards.values import Number, queries
from tests.dashboards.golden import GRAPHS, VALUES, of, shown, values
from tests.dashboards.recorded import filled
from tests.dashboards.series import HUB, NEU, WEU
from tests.dashboards.server import prometheus


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A Prometheus with an hour of an estate."""
    folder = tmp_path_factory.mktemp("full")
    with prometheus(folder, filled(folder)) as opened:
        yield opened


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A Prometheus that knows nothing."""
    folder = tmp_path_factory.mktemp("empty")
    with prometheus(folder, folder / "data") as opened:
        yield opened


def test_every_panel_shows_the_right_values(client: httpx.Client) -> None:
    """All values over all clusters, compared whole; no query is without a result."""
    found = values(client, Choice())
    assert found == json.loads(VALUES.read_text(encoding="utf-8"))
    assert [name for panels in found.values() for name, series in panels.items() if not series] == []


@pytest.mark.parametrize("chosen", [(WEU,), (WEU, NEU), (HUB,)])
def test_only_the_chosen_clusters_are_shown(client: httpx.Client, chosen: tuple[str, ...]) -> None:
    """Whatever is chosen, no series of another cluster comes through, and what comes is as without the
    choice.
    """
    everything = json.loads(VALUES.read_text(encoding="utf-8"))
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels():
            for letter, query in queries(panel):
                if query.collapses:
                    continue
                expr = interpolated(query.expr, of(dashboard, Choice(clusters=chosen)))
                found = shown(client, expr, over=isinstance(panel, GRAPHS))
                expected = [
                    row
                    for row in everything[dashboard.uid][f"{panel.title}.{letter}"]
                    if row[0]["cluster"] in chosen
                ]
                assert found == expected, f"{panel.title}.{letter}"


def test_figures_follow_the_choice(client: httpx.Client) -> None:
    """The figures at the top count what is chosen and nothing else."""
    figures = {panel.title: panel for panel in DASHBOARDS[0].panels() if isinstance(panel, Number)}

    def figure(title: str, *clusters: str) -> list[float]:
        expr = interpolated(figures[title].query.expr, Choice(clusters=clusters))
        return [value for _, value in shown(client, expr)]

    assert figure("Silent clusters", WEU) == [0]
    assert figure("Silent clusters", WEU, "prod-sea") == [1]
    assert figure("Clusters expected", WEU, NEU) == [2]
    assert figure("Targets down", WEU) == [0]
    assert figure("Targets down", NEU) == [1]
    assert figure("Alerts firing", WEU) == [0]
    assert figure("Oldest upload", WEU) == [3_600]
    assert figure("Stale collectors", WEU) == [0]
    assert figure("Stale collectors", NEU) == [1]


def test_nothing_is_not_zero(empty: httpx.Client) -> None:
    """Without data no query makes a value up: a panel then says what is missing."""
    assert [
        name for panels in values(empty, Choice()).values() for name, series in panels.items() if series
    ] == []


def test_a_cluster_whose_name_holds_special_characters_matches_itself_alone(client: httpx.Client) -> None:
    """Chosen values are escaped: a dot is a dot."""
    assert shown(client, interpolated('count(up{cluster=~"$cluster"})', Choice(clusters=("prod.weu",)))) == []
    assert shown(client, interpolated('count(up{cluster=~"$cluster"})', Choice(clusters=(WEU,)))) == [
        [{}, 5.0]
    ]
