"""Publishing to a Grafana: what is written, what is left alone, and that a second time writes nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from dashboards.render import documents
from tests.dashboards.publishing.command import published
from tests.dashboards.publishing.double import Double, running

ALL = documents()
# Enough to see what is done with each.
OURS = {uid: ALL[f"{uid}.json"] for uid in ("singlepane-estate", "singlepane-thanos", "singlepane-on-call")}


@pytest.fixture
def grafana(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """An empty Grafana, and three dashboards to publish."""
    few = {f"{uid}.json": document for uid, document in OURS.items()}
    monkeypatch.setattr("singlepane.commands.dashboards_publish.documents", lambda: few)
    with running(Double()) as double:
        yield double


def copied(uid: str, **more: Any) -> dict[str, Any]:
    """A dashboard of ours under another uid, or with other keys."""
    return {**copy.deepcopy(OURS["singlepane-estate"]), "uid": uid, **more}


@pytest.mark.parametrize("major", [11, 12, 13])
def test_an_empty_grafana_gets_all_and_the_second_time_nothing_is_written(major: int) -> None:
    """As they are written, key by key but for what Grafana counts; then each is asked for once, and the
    folder and what is in it.
    """
    with running(Double(major=major)) as grafana:
        answer = published(grafana)
        assert answer.code == 0, answer.stderr
        assert grafana.folders == {"singlepane": "singlepane"}
        assert {f"{uid}.json" for uid in grafana.kept} == set(ALL)
        for uid, kept in grafana.kept.items():
            assert kept.folder == "singlepane"
            assert {**kept.document, "version": 1} == {**ALL[f"{uid}.json"], "id": None}
            assert kept.messages[0].startswith("singlepane ")
        grafana.log.clear()
        answer = published(grafana)
        assert answer.code == 0
        assert grafana.writes() == []
        assert f"no changes, {len(ALL)} the same" in answer.stdout
        # The folder, one page with hits and one without, and each dashboard.
        assert len(grafana.log) == 3 + len(ALL)


@pytest.mark.parametrize("major", [11, 13])
def test_a_grafana_that_keeps_another_form_is_not_written_to_each_time(grafana: Double, major: int) -> None:
    """A migration may fill in defaults: what the history says of the version decides, and a change by
    somebody else is still seen.
    """
    grafana.major = major
    published(grafana)
    grafana.log.clear()
    grafana.reads = lambda document: document["panels"][1].update(pluginVersion="99.0.0")
    assert published(grafana).code == 0
    assert grafana.writes() == []
    grafana.put(copied("singlepane-estate", title="Mine"), "singlepane", "by hand")
    answer = published(grafana)
    assert grafana.writes() == ["POST /api/dashboards/db"]
    assert "1 to change, 2 the same" in answer.stdout
    assert grafana.kept["singlepane-estate"].document["title"] == "Estate overview"


def test_what_the_server_fills_in_empty_is_no_difference(grafana: Double) -> None:
    """Without asking for the history."""
    published(grafana)
    grafana.log.clear()
    grafana.reads = lambda document: document.update(gnetId=None, style="")
    published(grafana)
    assert not [path for _, path in grafana.log if path.endswith("versions?limit=1")]
    assert grafana.writes() == []


def test_a_dry_run_says_what_differs_and_does_nothing(grafana: Double) -> None:
    """Key by key with --diff; the exit code is 1 only when it is asked for."""
    published(grafana)
    changed = copied("singlepane-estate", title="Mine")
    changed["panels"][1]["description"] = "other"
    grafana.put(changed, "singlepane")
    grafana.put(copied("singlepane-old", title="Old"), "singlepane")
    del grafana.kept["singlepane-thanos"]
    grafana.log.clear()
    answer = published(grafana, "--dry-run", "--diff")
    assert answer.code == 0
    assert grafana.writes() == []
    assert "1 to create, 1 to change, 1 to delete, 1 the same" in answer.stdout
    assert "  + singlepane-thanos  Thanos\n" in answer.stdout
    assert "  ~ singlepane-estate  Estate overview: 2 keys differ\n" in answer.stdout
    assert "      title: Mine -> Estate overview\n" in answer.stdout
    title = OURS["singlepane-estate"]["panels"][1]["title"]
    assert f"      panels[{title}].description: other -> " in answer.stdout
    assert "  - singlepane-old  Old\n" in answer.stdout
    assert published(grafana, "--dry-run", "--exit-code").code == 1
    published(grafana)
    assert published(grafana, "--dry-run", "--exit-code").code == 0


def test_what_we_have_no_more_goes_and_nothing_else(grafana: Double) -> None:
    """A copy has a uid of Grafana's own, a dashboard of somebody else no tag, another folder is not ours."""
    grafana.folders |= {"singlepane": "singlepane", "team": "Team"}
    grafana.put(copied("singlepane-old"), "singlepane")
    others = {
        "dfh3k2l1": copied("dfh3k2l1"),
        "singlepane-mine": copied("singlepane-mine", tags=["team"]),
        "singlepane-elsewhere": copied("singlepane-elsewhere"),
        "singlepane-root": copied("singlepane-root"),
    }
    folders = {"singlepane-elsewhere": "team", "singlepane-root": ""}
    for uid, document in others.items():
        grafana.put(document, folders.get(uid, "singlepane"))
    assert published(grafana).code == 0
    assert set(grafana.kept) == set(OURS) | set(others)
    assert all(grafana.kept[uid].version == 1 for uid in others)


def test_a_server_that_filters_nothing_loses_nothing(grafana: Double) -> None:
    """What comes back is looked at here too, and a page that comes twice is the last."""
    grafana.folders |= {"singlepane": "singlepane", "team": "Team"}
    grafana.put(copied("singlepane-elsewhere"), "team")
    rows = [
        {"uid": "singlepane-elsewhere", "title": "E", "folderUid": "team", "tags": ["singlepane"]},
        {"uid": "singlepane-untagged", "title": "U", "folderUid": "singlepane", "tags": []},
        {"no": "hit"},
    ]
    headers = {"Content-Type": "application/json"}
    grafana.instead[("GET", "/api/search")] = (200, headers, json.dumps(rows).encode())
    assert published(grafana).code == 0
    assert "singlepane-elsewhere" in grafana.kept
    assert [path for method, path in grafana.log if method == "DELETE"] == []
    assert len([path for _, path in grafana.log if path.startswith("/api/search")]) == 2


def test_every_page_of_a_search_is_read(grafana: Double) -> None:
    """Also where a page is shorter than was asked for."""
    grafana.cap = 2
    grafana.folders["singlepane"] = "singlepane"
    for number in range(5):
        grafana.put(copied(f"singlepane-old-{number}"), "singlepane")
    assert published(grafana).code == 0
    assert set(grafana.kept) == set(OURS)


def test_one_that_was_moved_comes_back(grafana: Double) -> None:
    """It has our uid and our tag."""
    published(grafana)
    grafana.folders["team"] = "Team"
    grafana.kept["singlepane-thanos"].folder = "team"
    answer = published(grafana)
    assert "  ~ singlepane-thanos  Thanos: it stands in folder team\n" in answer.stdout
    assert grafana.kept["singlepane-thanos"].folder == "singlepane"


def test_one_of_somebody_else_is_overwritten_only_when_that_is_said(grafana: Double) -> None:
    """Nothing at all is done before."""
    grafana.put(copied("singlepane-estate", title="Theirs", tags=[]), "")
    answer = published(grafana)
    assert answer.code == 3
    assert '"Theirs" in no folder has no tag singlepane' in answer.stderr
    assert "--take-over" in answer.stderr
    assert grafana.writes() == []
    assert published(grafana, "--take-over").code == 0
    assert grafana.kept["singlepane-estate"].document["title"] == "Estate overview"


def test_one_that_comes_from_files_is_refused_before_anything_is_done(grafana: Double) -> None:
    """Such as in the Grafana that the estate itself provisions."""
    grafana.put(copied("singlepane-estate"), "", provisioned=True)
    answer = published(grafana)
    assert answer.code == 3
    assert "nothing was changed: 1 cannot be published: that Grafana has it from files" in answer.stderr
    assert grafana.writes() == []


@pytest.mark.parametrize("place", ["singlepane", ""])
def test_one_that_was_saved_as_a_resource_is_written_anew(grafana: Double, place: str) -> None:
    """Where a search says that it is ours; else it is held."""
    grafana.folders["singlepane"] = "singlepane"
    grafana.put(copied("singlepane-estate", title="Mine"), place, resource=True)
    answer = published(grafana)
    if not place:
        assert answer.code == 3
        assert "singlepane-estate is not in folder singlepane, or has no tag" in answer.stderr
        return
    assert answer.code == 0
    assert "somebody saved it as a resource of version 2" in answer.stdout
    assert grafana.kept["singlepane-estate"].document["title"] == "Estate overview"
    assert published(grafana, "--dry-run", "--exit-code").code == 0


def test_another_folder_is_another_place(grafana: Double) -> None:
    """By its uid; its name may be anything."""
    grafana.folders["sre"] = "Site reliability"
    assert published(grafana, "--folder", "sre").code == 0
    assert {kept.folder for kept in grafana.kept.values()} == {"sre"}
    assert grafana.folders == {"sre": "Site reliability"}


def test_the_document_for_programs_has_everything(grafana: Double) -> None:
    """One on stdout; what is done is said on stderr."""
    grafana.folders["singlepane"] = "singlepane"
    grafana.put(copied("singlepane-estate", title="Mine"), "singlepane")
    answer = published(grafana, "-o", "json", "--dry-run")
    document = json.loads(answer.stdout)
    assert (document["folder"], document["folder_is_new"], document["done"]) == ("singlepane", False, False)
    change = next(row for row in document["changes"] if row["uid"] == "singlepane-estate")
    assert change["fields"] == [{"path": "title", "before": "Mine", "after": "Estate overview"}]
    assert json.loads(published(grafana, "-o", "json").stdout)["done"] is True


def test_a_root_below_a_path_is_kept() -> None:
    """Grafana served below /grafana: every request goes below it."""
    with running(Double()) as grafana:
        grafana.url += "/grafana/"
        published(grafana)
        assert {path.split("?")[0] for _, path in grafana.log} == {"/grafana/api/folders/singlepane"}
