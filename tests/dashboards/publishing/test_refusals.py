"""What a Grafana, or what stands before it, answers in place of doing it: in words, with what to do. No
traceback, and no token.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from dashboards.publishing.api import Grafana
from dashboards.publishing.refusals import Answer, refused
from dashboards.render import documents
from estate.errors import SurroundingsError
from tests.dashboards.publishing.command import published, ran
from tests.dashboards.publishing.double import EDITOR, VIEWER, Double, running
from tests.ports import free_address

ONE = {"singlepane-estate.json": documents()["singlepane-estate.json"]}
PAGE = b"<!doctype html><html><head><title>Sign in\x1b[2J</title></head><body>Welcome</body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def grafana(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """An empty Grafana, and one dashboard to publish."""
    monkeypatch.setattr("singlepane.commands.dashboards_publish.documents", lambda: ONE)
    with running(Double()) as double:
        yield double


def refusal(grafana: Double) -> SurroundingsError:
    """What the first request is answered with."""
    with Grafana(grafana.url, EDITOR) as client, pytest.raises(SurroundingsError) as raised:
        client.folder("singlepane")
    assert EDITOR not in raised.value.message
    return raised.value


def test_401_says_how_a_token_is_made(grafana: Double) -> None:
    """An expired token, or one of another Grafana; also on Azure."""
    answer = published(grafana, token="glsa_made_up_expired")
    assert answer.code == 3
    assert "does not take the token (401): Invalid API key" in answer.stderr
    assert "service account with the role Editor" in answer.stderr
    assert "Azure Managed Grafana" in answer.stderr


def test_403_says_which_rights_are_missing(grafana: Double) -> None:
    """A token of a viewer may look, and make nothing."""
    answer = published(grafana, token=VIEWER)
    assert answer.code == 3
    assert "the token may not do POST /api/folders" in answer.stderr
    assert "Permissions needed: folders:write" in answer.stderr
    assert "dashboards:delete" in answer.stderr
    assert "0 of 1 are done" in answer.stderr


def test_409_names_the_folder(grafana: Double) -> None:
    """Up to Grafana 11 a folder's name is there once."""
    grafana.major = 11
    grafana.folders["abc"] = "singlepane"
    answer = published(grafana)
    assert answer.code == 3
    assert "a folder of this name or uid is there already (409)" in answer.stderr
    assert "with --folder" in answer.stderr


def test_409_of_a_folder_that_somebody_else_made_just_then_is_no_error(grafana: Double) -> None:
    """Two pipelines at once: it is there, which was wanted."""
    grafana.before_folder = lambda: grafana.folders.update(singlepane="singlepane")
    assert published(grafana).code == 0
    assert "POST /api/folders" in grafana.writes()
    assert set(grafana.kept) == {"singlepane-estate"}


@pytest.mark.parametrize(("major", "status"), [(12, 412), (13, 409)])
def test_a_save_by_somebody_else_in_between_is_not_overwritten(
    grafana: Double, major: int, status: int
) -> None:
    """Grafana says so with 412, from 13 on with 409; the same command again compares anew."""
    grafana.major = major
    published(grafana)
    document = {**ONE["singlepane-estate.json"], "title": "Mine"}
    grafana.put(document, "singlepane")

    def save() -> None:
        grafana.put({**document, "title": "Mine too"}, "singlepane")
        grafana.before_save = lambda: None

    grafana.before_save = save
    answer = published(grafana)
    assert answer.code == 3
    assert (
        f"singlepane-estate: somebody saved this dashboard while it was compared ({status})" in answer.stderr
    )
    assert "Run the same again" in answer.stderr
    assert grafana.kept["singlepane-estate"].document["title"] == "Mine too"
    assert published(grafana).code == 0
    assert grafana.kept["singlepane-estate"].document["title"] == "Estate overview"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("name-exists", "another dashboard has this title in the folder, or this uid (412)"),
        ("plugin-dashboard", "this dashboard belongs to a plugin there (412)"),
    ],
)
def test_412_has_other_reasons(grafana: Double, word: str, message: str) -> None:
    """Each in its own words. Source: the documentation of the dashboard API, status codes."""
    body = json.dumps({"message": "no", "status": word}).encode()
    grafana.instead["POST", "/api/dashboards/db"] = (412, JSON, body)
    answer = published(grafana)
    assert answer.code == 3
    assert message in answer.stderr


@pytest.mark.parametrize("status", [200, 401, 404, 502])
def test_a_web_page_is_named_as_one(grafana: Double, status: int) -> None:
    """A sign-in page with status 200 is the worst: it looks like success. What a terminal would obey in its
    title is taken out.
    """
    grafana.instead["GET", "/"] = (status, HTML, PAGE)
    error = refusal(grafana)
    assert f'with a web page ("Sign in [2J"), status {status}' in error.message
    assert "a sign-in page, a proxy" in error.remedy


def test_a_web_page_is_an_error_of_the_command(grafana: Double) -> None:
    """Sentence, remedy, exit code, and nothing on stdout."""
    grafana.instead["GET", "/"] = (200, HTML, PAGE)
    answer = published(grafana)
    assert (answer.code, answer.stdout) == (3, "")
    assert answer.stderr.startswith(
        f"error: {grafana.url} answers GET /api/folders/singlepane with a web page"
    )
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://login.example/authorize?state=made-up-state", "to https://login.example/authorize, which"),
        ("/login", "to /login, which"),
    ],
)
def test_a_redirect_is_not_followed(grafana: Double, location: str, said: str) -> None:
    """The token goes to nobody else, and what a sign-in keeps in its address is not shown."""
    grafana.instead["GET", "/"] = (302, {"Location": location}, b"")
    error = refusal(grafana)
    assert said in error.message
    assert "made-up-state" not in error.message
    assert len(grafana.log) == 1


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"[", "with no JSON"),
        (200, b"[" * 100_000, "with no JSON"),
        (404, b'{"message": "Not found"}', "does not know GET /api/folders/singlepane (404)"),
        (404, b'{"message": "no Route matched with those values"}', "(404): no Route matched"),
        (413, b"{}", "is too large for what stands before"),
        (418, b"{}", "refuses GET /api/folders/singlepane (418)"),
        (429, b"{}", "is asked too often (429)"),
        (503, b'{"message": "database is locked"}', "just now (503): database is locked"),
        (500, json.dumps({"message": f"Bearer {EDITOR} failed"}).encode(), "(500): Bearer … failed"),
    ],
)
def test_every_other_answer_is_said(grafana: Double, status: int, body: bytes, said: str) -> None:
    """With its status and Grafana's own words; a token that is said back is taken out."""
    grafana.instead["GET", "/"] = (status, JSON, body)
    assert said in refusal(grafana).message


def test_an_answer_without_end_is_not_taken_in(grafana: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound, and what it is."""
    monkeypatch.setattr("dashboards.publishing.api.LARGEST", 1_000)
    grafana.instead["GET", "/"] = (200, JSON, b'"' + b"a" * 2_000 + b'"')
    assert "answers with more than 1,000 bytes" in refusal(grafana).message


def test_what_stops_in_the_middle_says_how_far_it_came(grafana: Double) -> None:
    """And the same command goes on from there."""
    grafana.folders["singlepane"] = "singlepane"
    grafana.put({**ONE["singlepane-estate.json"], "uid": "singlepane-old"}, "singlepane")
    grafana.instead["DELETE", "/"] = (403, JSON, b'{"message": "Access denied"}')
    answer = published(grafana)
    assert answer.code == 3
    assert "singlepane-old: the token may not do DELETE" in answer.stderr
    assert "1 of 2 are done" in answer.stderr
    del grafana.instead["DELETE", "/"]
    grafana.log.clear()
    assert published(grafana).code == 0
    assert grafana.writes() == ["DELETE /api/dashboards/uid/singlepane-old"]


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that nobody listens on, and a host that there is not."""
    address = free_address()
    answer = ran("--url", f"http://{address}", "--token", "env:T", T=EDITOR)
    assert answer.code == 3
    assert f"http://{address} is not reached" in answer.stderr
    assert "DNS, the network and the proxy" in answer.stderr


def test_a_certificate_that_is_not_trusted_says_so_and_ca_file_mends_it(
    grafana: Double, tmp_path: Path
) -> None:
    """A Grafana behind a CA of the company; with another CA it is refused still."""
    authority, other = trustme.CA(), trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    for name, each in {"ca.pem": authority, "other.pem": other}.items():
        each.cert_pem.write_to_path(tmp_path / name)
    with running(Double(), context) as secure:
        for words in ((), ("--ca-file", str(tmp_path / "other.pem"))):
            answer = published(secure, *words)
            assert answer.code == 3
            assert "its certificate is not trusted" in answer.stderr
            assert "--ca-file" in answer.stderr
        assert published(secure, "--ca-file", str(tmp_path / "ca.pem")).code == 0
        secure.url = secure.url.replace("https:", "http:")
        answer = published(secure)
        assert answer.code == 3
    (tmp_path / "none.pem").write_text("nothing")
    answer = published(grafana, "--ca-file", str(tmp_path / "none.pem"))
    assert "none.pem holds no certificates" in answer.stderr
    grafana.url = grafana.url.replace("http:", "https:")
    answer = published(grafana)
    assert "does not speak TLS" in answer.stderr


def test_http_that_is_meant_to_be_https_is_told_so() -> None:
    """The redirect that many put before a Grafana."""
    where = "http://grafana.example"
    answer = Answer("GET /api/folders/a", 308, b"", location="https://grafana.example/api/folders/a")
    assert refused(where, answer).remedy == "Write --url with https://."
    elsewhere = Answer("GET /api/folders/a", 308, b"", location="https://other.example/")
    assert "https://" not in refused(where, elsewhere).remedy


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name one place to publish to"),
        (("--url", "https://g.example", "--configmaps", "x"), "name one place to publish to"),
        (("--url", "https://g.example"), "--token: say where the token is"),
        (("--url", "https://g.example", "--token", "glsa_made_up"), "--token is no reference to a secret"),
        (("--url", "https://g.example", "--token", "env:NOT_SET_AT_ALL"), "env:NOT_SET_AT_ALL is empty or"),
        (("--url", "https://g.example", "--token", "file:not/there"), "file:not/there cannot be read"),
        (("--url", "grafana.example", "--token", "env:T"), "--url is no address"),
        (("--url", "https://g.example:port", "--token", "env:T"), "--url is no address"),
        (("--url", "https://g.example/?orgId=2", "--token", "env:T"), "--url is no address"),
        (("--url", "https://a:made-up@g.example", "--token", "env:T"), "holds a user or a password"),
        (("--url", "http://g.example", "--token", "entra"), "does not go to g.example over plain HTTP"),
        (("--url", "https://g.example", "--token", "env:T", "--folder", "a b"), "is no uid of a folder"),
        (("--configmaps", "x", "--label", "grafana"), "--label 'grafana' is no label"),
    ],
)
def test_what_is_called_wrongly_is_said_before_anybody_is_asked(words: tuple[str, ...], said: str) -> None:
    """No value that may be a secret is shown."""
    answer = ran(*words, T="glsa_two words")
    assert answer.code in {2, 3}
    assert said in answer.stderr
    assert "made_up" not in answer.stderr and "made-up" not in answer.stderr


def test_a_token_with_something_that_no_header_carries_is_refused() -> None:
    """The place is said, the token is not."""
    answer = ran("--url", "https://g.example", "--token", "env:T", T="Bearer glsa_made_up")
    assert answer.code == 3
    assert "without the word Bearer" in answer.stderr
    assert "glsa" not in answer.stderr
