"""Two clusters for all tests of a run: `hub-weu` and `prod-weu`, on any machine that can run containers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from deploy import engines
from tests.cluster import clusters, machine
from tests.cluster import plane as alone
from tests.cluster.clusters import Clusters
from tests.cluster.plane import Plane


@pytest.fixture(scope="session")
def cluster_machine() -> None:
    """This machine runs clusters; where it cannot, tests are skipped with the reason, and fail under CI."""
    if reason := machine.refusal():
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def real_clusters(cluster_machine: None) -> Iterator[Clusters]:
    """The clusters, ready, with all images; tests that change them clean up after themselves."""
    with clusters.running(("hub-weu", "prod-weu"), engines.find) as up:
        yield up


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """A real API server with nothing behind it: it needs no root, and no containers."""
    with alone.running(tmp_path_factory.mktemp("plane"), engines.find) as up:
        yield up


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on clusters come last: from the first on, two clusters take their share of the machine."""
    items.sort(key=lambda item: "real_clusters" in getattr(item, "fixturenames", ()))
