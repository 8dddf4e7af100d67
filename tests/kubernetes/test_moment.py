"""An API server at one moment: reading twice asks once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from deploy.targets.kubernetes.cluster.api import Api, Moment
from deploy.targets.kubernetes.cluster.connection import Access
from deploy.targets.kubernetes.cluster.lists import listed
from deploy.targets.kubernetes.cluster.refused import Refused

PLACE = "/api/v1/namespaces/monitoring/configmaps"


class Counting(Moment):
    """Counts what reaches the API server; it knows one list of one object."""

    def __init__(self) -> None:
        super().__init__(Api(Access("prod-weu", "none", "none", "monitoring")))
        self.asked: Counter[str] = Counter()

    def request(self, method: str, path: str, *args: Any, **settings: Any) -> Any:
        """The list, or a refusal."""
        self.asked[f"{method} {path}"] += 1
        if path != PLACE:
            raise Refused("refused", "", status=404)
        return {"metadata": {}, "items": [{"metadata": {"name": "rules"}}]}


def test_what_was_read_is_not_asked_again() -> None:
    """A list with the same words is; other words, and metadata alone, are another question."""
    moment = Counting()
    for _ in range(2):
        (found,) = listed(moment, "v1", "ConfigMap", "monitoring")
        assert found == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "rules"}}
    assert moment.asked == {f"GET {PLACE}": 1}
    listed(moment, "v1", "ConfigMap", "monitoring", labelSelector="a=b")
    assert moment.asked == {f"GET {PLACE}": 2}
    for _ in range(2):
        assert [each["metadata"] for each in moment.metadata(PLACE)] == [{"name": "rules"}]
    assert moment.asked == {f"GET {PLACE}": 3}


def test_changes_and_refusals_are_sent_each_time() -> None:
    """What is not there now may be there in a moment, and a dry run is no reading."""
    moment = Counting()
    for _ in range(2):
        with pytest.raises(Refused):
            moment.get(f"{PLACE}/other")
        moment.apply(PLACE, {}, "tests", dry_run=True)
    assert moment.asked == {f"GET {PLACE}/other": 2, f"PATCH {PLACE}": 2}
