"""`plan` and `apply` ask no cluster before the file and its objects are right."""

from __future__ import annotations

from typing import Any, cast

import pytest

from deploy.targets.kubernetes.cluster.api import Api
from estate.errors import EstateInvalid
from singlepane.asking import asked, checked, held_against
from tests.checks.cases import FOLDER
from tests.kubernetes.estates import SHOP
from tests.kubernetes.test_facts import CORE, DOCUMENTS, Answers


def test_warnings_are_said_and_everything_is_rendered(capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, so that a plan as a document stays one."""
    renderings = checked(asked(SHOP, None))
    assert list(renderings) == ["hub-weu", "prod-weu", "prod-neu"]
    said = capsys.readouterr()
    assert said.out == ""
    assert "warning: alerts.heartbeat.receiver" in said.err


@pytest.mark.parametrize(
    ("name", "code"), [("addresses", "address-missing"), ("client_ids", "client-id-missing")]
)
def test_an_error_ends_it(name: str, code: str) -> None:
    """With all findings, as `check` has them; nothing is rendered of what cannot be."""
    with pytest.raises(EstateInvalid) as caught:
        checked(asked(FOLDER / name / "failing.yaml", None))
    assert code in {row.code for row in caught.value.findings}


def test_what_a_cluster_would_refuse() -> None:
    """Of one that answers; one that does not is named by its plan."""
    given = asked(SHOP, ["prod-weu", "prod-neu"])
    renderings = checked(given)
    namespace = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}
    documents: dict[str, Any] = {"/version": DOCUMENTS["/version"], CORE: namespace}
    answering, away = (cast(Api, each) for each in (Answers(documents), Answers({}, 503)))
    (found,) = held_against(given, "prod-weu", renderings["prod-weu"], answering)
    assert found.severity == "error"
    assert "pods of DaemonSet node-exporter-prod-weu have hostNetwork, hostPID, hostPath" in found.message
    assert held_against(given, "prod-neu", renderings["prod-neu"], away) == ()
