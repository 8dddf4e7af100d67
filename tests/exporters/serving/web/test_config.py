"""Web configuration files: what other exporters take is taken, what is wrong or impossible is answered whole.

`python -m tests.exporters.serving.web.test_config` writes the expectations anew; read the difference before
committing.
"""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy import engines
from estate.errors import EstateInvalid
from exporters.serving.web import names
from exporters.serving.web.config import RateLimit, TlsServer, WebConfig
from exporters.serving.web.live import Web
from exporters.serving.web.names import SUITES
from tests.exporters.configuration.test_config import inside, transcript
from tests.exporters.doubles import DATA
from tests.exporters.serving.web.webbed import MUTUAL, TLS, certificates, hashed

BAD = DATA / "exporters" / "bad-web"
FILES = sorted(BAD.glob("*.yaml"))


EVERYTHING = f"""\
tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_auth_type: "RequireAndVerifyClientCert"
  client_ca_file: "ca.crt"
  client_allowed_sans: [prometheus.example]
  min_version: TLS12
  max_version: TLS13
  cipher_suites: [{", ".join(SUITES)}]
  prefer_server_cipher_suites: false
  curve_preferences: [CurveP256]
http_server_config:
  http2: false
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=31536000; includeSubDomains
    X-Content-Type-Options: nosniff
    X-XSS-Protection: 1
    Content-Security-Policy: ""
basic_auth_users:
  alice: {hashed("secret")}
  bob: $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG
rate_limit: {{interval: 1m30.5s, burst: 3}}
"""
# What the format's own checker takes although it cannot be meant, or cannot be honoured here. The page on web
# configurations says so of each kind.
STRICTER = {
    "web-asking-without-ca",
    "web-ca-inline-nonsense",
    "web-ca-twice",
    "web-ca-without-certificate",
    "web-client-auth-RequestClientCert",
    "web-client-auth-RequireAnyClientCert",
    "web-client-auth-RequireClientCert",
    "web-curves-several",
    "web-header-split",
    "web-http2",
    "web-only-version",
    "web-rate-burst",
    "web-sans-empty",
    "web-sans-without-requiring",
    "web-suites-left-out",
    "web-user-colon",
    "web-version-old",
    "web-versions-crossed",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with certificates and keys of every kind."""
    made = tmp_path_factory.mktemp("web")
    certificates(made)
    with inside(made):
        yield made


def answer(file: Path, folder: Path) -> str:
    """All findings of a bad file, which stands beside its certificates."""
    shutil.copy(file, folder)
    with pytest.raises(EstateInvalid) as caught:
        Web.load(Path(file.name))
    return transcript(caught.value.findings)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_bad_files_are_answered(file: Path, folder: Path) -> None:
    """Every finding of every bad file: place, code, sentence and fix, compared whole; no secret in any."""
    found = answer(file, folder)
    assert found == file.with_suffix(".expected").read_text()
    assert "hunter2" not in found
    assert "482716" not in found


def test_bad_files_are_many() -> None:
    """Fifty kinds of mistakes, each with its answer."""
    assert len(FILES) >= 50
    assert {each.stem for each in FILES} == {each.stem for each in BAD.glob("*.expected")}


def loaded(folder: Path, text: str) -> Web:
    """A good file."""
    file = folder / "good.yaml"
    file.write_text(text)
    return Web.load(file)


@pytest.mark.parametrize(
    "text", ["", "# nothing yet\n", "{}\n", "tls_server_config:\n", "tls_server_config: {}"]
)
def test_nothing_asks_for_nothing(text: str, folder: Path) -> None:
    """As to other exporters: no TLS, nobody to sign in as."""
    web = loaded(folder, text)
    assert (web.context, web.users, web.tokens, web.headers) == (None, {}, (), ())


def test_what_other_exporters_take(folder: Path) -> None:
    """Every key that can be honoured, in the way their documentation writes it."""
    web = loaded(folder, EVERYTHING)
    assert web.context is not None
    assert set(web.users) == {"alice", "bob"}
    assert web.allowed_sans == frozenset({"prometheus.example"})
    assert web.headers == (
        (b"x-frame-options", b"deny"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-xss-protection", b"1"),
        (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    )
    assert web.config.rate_limit is not None
    assert web.config.rate_limit.interval == 90.5


def choosing(curve: str) -> str:
    """TLS with a curve."""
    return TLS.replace("}", f", curve_preferences: [{curve}]}}")


@pytest.mark.parametrize("curve", names.CURVES)
def test_each_curve_is_chosen_or_refused(curve: str, folder: Path) -> None:
    """Pythons differ in what their TLS can choose; a curve that it cannot is a finding."""
    text = choosing(curve)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).set_ecdh_curve(names.CURVES[curve])
    except ssl.SSLError:
        with pytest.raises(EstateInvalid):
            loaded(folder, text)
    else:
        assert loaded(folder, text).context is not None


def test_a_curve_that_cannot_be_chosen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its place, and what can be chosen everywhere."""
    monkeypatch.setitem(names.CURVES, "CurveP521", "no-curve")
    with pytest.raises(EstateInvalid) as caught:
        loaded(folder, choosing("CurveP521"))
    (found,) = caught.value.findings
    assert (found.path, found.message, found.fix) == (
        "tls_server_config.curve_preferences",
        "the TLS of this Python cannot choose CurveP521",
        "choose CurveP256, or none for all",
    )


def accepted(files: Sequence[Path]) -> set[str]:
    """The files that the checker of Prometheus takes, which reads them as all exporters do."""
    command = [str(engines.find("promtool")), "check", "web-config", *map(str, files)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return set(re.findall(r"^(\S+)\.yaml SUCCESS$", said.stdout + said.stderr, re.MULTILINE))


def test_prometheus_takes_what_is_taken_here(folder: Path) -> None:
    """Its checker has nothing to say against good files, and takes no bad one but those that are known."""
    (folder / "good.yaml").write_text(EVERYTHING)
    (folder / "empty.yaml").write_text("")
    names = [Path(shutil.copy(file, folder)).name for file in FILES]
    taken = accepted([Path(name) for name in ("good.yaml", "empty.yaml", *names)])
    assert taken >= {"good", "empty"}
    assert taken - {"good", "empty"} <= STRICTER
    assert {file.stem for file in FILES} > STRICTER


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(["TLS12", "server.crt"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
PATHS = [
    *((key,) for key in WebConfig.model_fields),
    *(("tls_server_config", key) for key in TlsServer.model_fields),
    *(("rate_limit", key) for key in RateLimit.model_fields),
    ("http_server_config", "headers"),
    ("http_server_config", "headers", "X-Frame-Options"),
    ("basic_auth_users", "alice"),
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PATHS), VALUES)
def test_no_file_is_a_crash(folder: Path, path: tuple[str, ...], value: object) -> None:
    """Whatever stands under a key, the answer is a configuration or findings."""
    document = yaml.safe_load(EVERYTHING)
    into = document
    for key in path[:-1]:
        into = into[key]
    into[path[-1]] = value
    try:
        loaded(folder, yaml.safe_dump(document, allow_unicode=True))
    except EstateInvalid as invalid:
        assert all(each.message and each.code for each in invalid.findings)


def test_paths_begin_at_the_file(folder: Path, tmp_path: Path) -> None:
    """Not at the folder in which the process was started."""
    with inside(tmp_path):
        web = loaded(folder, TLS)
    assert web.files == (folder / "good.yaml", folder / "server.crt", folder / "server.key")


def test_authorities_may_stand_in_the_file(folder: Path) -> None:
    """They are no secret."""
    pem = (folder / "ca.crt").read_text().replace("\n", "\n    ")
    text = MUTUAL.replace("client_ca_file: ca.crt", f"client_ca: |\n    {pem}")
    web = loaded(folder, text)
    assert web.context is not None
    assert web.context.cert_store_stats()["x509_ca"] == 1


def test_the_example_is_valid(folder: Path) -> None:
    """What the page shows is taken, with the files that it names; every key of the format is on it."""
    text = (Path(__file__).parents[4] / "docs" / "exporters" / "web.md").read_text()
    web = loaded(folder, re.findall(r"```yaml\n(tls_server_config:.*?)```", text, re.DOTALL)[0])
    assert web.context is not None
    assert set(web.users) == {"prometheus"}
    keys = {**WebConfig.model_fields, **TlsServer.model_fields, **RateLimit.model_fields}
    assert [key for key in keys if key not in text] == []


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made, inside(Path(made)):
        certificates(Path(made))
        for each in FILES:
            each.with_suffix(".expected").write_text(answer(each, Path(made)))
