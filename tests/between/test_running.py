"""The real programs with mutual TLS: who is let in, what passes, what becomes of certificates that end.

One hub and one cluster with the components that the product renders; Alertmanager stands behind its gate.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from deploy import between
from deploy.engines import find
from deploy.verify.ground import Broken, Ground
from deploy.verify.hops import certificates_valid
from deploy.verify.replica import Replica, replicas
from deploy.verify.shown import shown
from deploy.verify.stores import store_of
from estate.running import Deployment, Running
from tests.between.estates import CLUSTER, HUB, NAMES, certificate, secrets, secured
from tests.thanos.estates import exporter, files_setting
from tests.thanos.running import Stack, eventually
from thanos.tls import CERTIFICATE, KEY
from thanos.topology import components

SIDECAR, GATE = f"sidecar-{CLUSTER}-0", "alert-gate"
ESTATE = secured()


class Secured(Stack):
    """The stack, and the authority behind its certificates."""

    ca: trustme.CA

    def put(self, component: str, pem: str, key: str) -> None:
        """Another certificate into the files of a component that runs."""
        for file, content in ((KEY, key), (CERTIFICATE, pem)):
            path = self.path(component, file)
            beside = path.with_suffix(".new")
            beside.write_text(content)
            beside.replace(path)

    def ground(self, client: httpx.AsyncClient) -> Ground:
        """As verification sees what runs."""
        rows = tuple(
            Running(
                each.name,
                each.kind,
                each.cluster,
                "ready",
                each.replica,
                {port: self.address(each.name, port) for port in each.ports},
            )
            for each in self.components.values()
        )
        running = Deployment(ESTATE.name, "", "local", str(self.folder), time.time(), 0, 0.0, rows)
        return Ground(ESTATE, running, client, find)

    def proven(self, hop: Any, cluster: str) -> str:
        """What a hop says of a cluster: what it saw, or its cause."""

        async def prove() -> str:
            async with httpx.AsyncClient(trust_env=False) as client:
                ground = self.ground(client)
                return str(await hop(ground, _replica(ground, cluster)))

        try:
            return asyncio.run(prove())
        except Broken as broken:
            return broken.cause

    def seen(self) -> str:
        """Why Query does not see the sidecar of the cluster; empty when it does."""

        async def prove() -> str:
            async with httpx.AsyncClient(trust_env=False) as client:
                await store_of(self.ground(client), SIDECAR)
            return ""

        try:
            return asyncio.run(prove())
        except Broken as broken:
            return broken.cause


def _replica(ground: Ground, cluster: str) -> Replica:
    return next(each for each in replicas(ESTATE, ground.deployment) if each.cluster == cluster)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Everything started once."""
    folder = tmp_path_factory.mktemp("secured")
    (folder / "bucket").mkdir()
    ca = trustme.CA()
    tls = between.in_clusters(ESTATE)
    gates = between.gates(ESTATE, tls)
    setting = files_setting(
        ESTATE,
        folder / "bucket",
        exporter("inventory", HUB),
        *gates,
        tls=tls,
        gates=tuple(each.address("https") for each in gates),
    )
    made = (*components(ESTATE, setting), *gates)
    with Secured(made, folder, secrets(ca)) as running:
        running.ca = ca
        running.start("alertmanager", GATE)
        running.start(f"prometheus-{HUB}-0", f"prometheus-{CLUSTER}-0")
        running.start(f"sidecar-{HUB}-0", SIDECAR)
        running.start("query")
        eventually(60, "the cluster seen by Query", lambda: running.seen() == "")
        yield running


def test_the_hub_reads_the_cluster(stack: Secured) -> None:
    """Query has samples of both clusters: one over TLS, its own without."""

    def read() -> list[str]:
        rows = stack.get("query", "/api/v1/query", query="count by (cluster) (up)")["data"]["result"]
        return sorted(each["metric"]["cluster"] for each in rows)

    # A store that is seen may not have scraped anything yet.
    eventually(60, "samples of both clusters", lambda: read() == [HUB, CLUSTER])


def test_alerts_of_the_cluster_pass_the_gate(stack: Secured) -> None:
    """Its Watchdog is in Alertmanager, and that of the hub, which needs no gate."""

    def watched() -> bool:
        alerts = stack.client.get(f"http://{stack.address('alertmanager')}/api/v2/alerts").json()
        found = {each["labels"]["cluster"] for each in alerts if each["labels"]["alertname"] == "Watchdog"}
        return found == {HUB, CLUSTER}

    # One that was due before Prometheus had found Alertmanager comes again after a minute.
    eventually(150, "both Watchdogs", watched)
    page = stack.metrics(GATE)
    assert re.search(rf'alert_gate_requests_total{{code="200",sender="{CLUSTER}"}} [1-9]', page)
    for cluster in (HUB, CLUSTER):
        ends = re.search(
            rf'alert_gate_certificate_expiry_timestamp_seconds{{sender="{cluster}"}} (\S+)', page
        )
        assert ends is not None
        assert float(ends[1]) == pytest.approx(time.time() + 90 * 86_400, abs=3600)


@pytest.mark.parametrize(("component", "port", "cluster"), [(SIDECAR, "grpc", CLUSTER), (GATE, "https", HUB)])
def test_nobody_without_a_certificate_gets_an_answer(
    stack: Secured, component: str, port: str, cluster: str
) -> None:
    """Sidecar and gate show theirs, and end the connection."""
    seen = asyncio.run(shown(stack.address(component, port), NAMES[cluster]))
    assert seen.names == (NAMES[cluster],)
    assert seen.asks


def test_nobody_with_a_certificate_of_another_authority_gets_an_answer(
    stack: Secured, tmp_path: Path
) -> None:
    """The name alone does not help."""
    with pytest.raises((ssl.SSLError, httpx.TransportError)):
        _posted(stack, trustme.CA(), tmp_path, CLUSTER)


def test_a_cluster_sends_no_alerts_of_another(stack: Secured, tmp_path: Path) -> None:
    """And can do nothing else to Alertmanager: no silence, not even a look."""
    own = _posted(stack, stack.ca, tmp_path, CLUSTER)
    assert own.status_code == 200
    other = _posted(stack, stack.ca, tmp_path, HUB)
    assert (other.status_code, other.text) == (
        400,
        f"an alert of '{HUB}' comes with the certificate of '{CLUSTER}'\n",
    )
    assert _posted(stack, stack.ca, tmp_path, CLUSTER, path="/api/v2/silences").status_code == 404
    assert _posted(stack, stack.ca, tmp_path, CLUSTER, path="/api/v2/alerts", method="GET").status_code == 405


def test_the_hubs_own_name_opens_no_gate(stack: Secured, tmp_path: Path) -> None:
    """The gate is for other clusters; a certificate of nobody's name is turned away, too."""
    for name in (NAMES[HUB], "nobody.shop.internal"):
        with pytest.raises(httpx.TransportError):
            _posted(stack, stack.ca, tmp_path, CLUSTER, name=name)


def _posted(
    stack: Secured,
    ca: trustme.CA,
    folder: Path,
    of: str,
    *,
    name: str = NAMES[CLUSTER],
    path: str = "/api/v2/alerts",
    method: str = "POST",
) -> httpx.Response:
    """One alert of the cluster `of`, with a certificate of `name`."""
    context = ssl.create_default_context(cadata=stack.ca.cert_pem.bytes().decode())
    for file, content in zip(("crt", "key"), certificate(ca, name), strict=True):
        (folder / file).write_text(content)
    context.load_cert_chain(folder / "crt", folder / "key")
    alerts = [{"labels": {"alertname": "Tried", "cluster": of}}]
    with httpx.Client(verify=context, trust_env=False) as client:
        url = f"https://{stack.address(GATE, 'https')}{path}"
        extensions = {"sni_hostname": NAMES[HUB]}
        return client.request(method, url, json=None if method == "GET" else alerts, extensions=extensions)


def test_verification_says_how_long_certificates_last(stack: Secured) -> None:
    """Of the cluster, and of the hub."""
    for cluster in (CLUSTER, HUB):
        assert re.fullmatch(
            rf"{NAMES[cluster]}, valid until \d{{4}}-\d\d-\d\d",
            stack.proven(certificates_valid.prove, cluster),
        )


def test_an_expired_certificate_is_named_and_a_renewed_one_taken_up(stack: Secured) -> None:
    """That of the cluster, while its sidecar runs: no program is started anew."""
    before = stack.processes[SIDECAR].pid
    stack.put(SIDECAR, *certificate(stack.ca, NAMES[CLUSTER], days=-1, begins=-90))
    assert re.fullmatch(
        rf"the certificate of {CLUSTER}, which {SIDECAR} shows, expired on "
        r"\d{4}-\d\d-\d\d at \d\d:\d\d UTC: nobody takes it any more",
        stack.proven(certificates_valid.prove, CLUSTER),
    )
    stack.put(SIDECAR, *certificate(stack.ca, NAMES[CLUSTER], days=9.5, begins=-90))
    said = stack.proven(certificates_valid.prove, CLUSTER)
    assert said.endswith("in 9 days: it must be valid for 21 more")
    stack.put(SIDECAR, *certificate(stack.ca, NAMES[CLUSTER], days=30))
    assert "valid until" in stack.proven(certificates_valid.prove, CLUSTER)
    assert stack.processes[SIDECAR].pid == before


def test_an_expired_certificate_of_the_hub_is_refused_and_a_renewed_one_taken_up(stack: Secured) -> None:
    """Query with one that ended sees the cluster no more; verification names whose it is; the renewed one is
    taken up by Query and by the gate while they run.
    """
    ended = certificate(stack.ca, NAMES[HUB], days=-1, begins=-90)
    stack.put(GATE, *ended)
    stack.stop("query")
    good = dict(stack.secrets)
    stack.secrets = {**good, f"file:{HUB}.crt": ended[0], f"file:{HUB}.key": ended[1]}
    stack.launch("query")
    stack.secrets = good
    eventually(30, "Query is there", lambda: stack.client.get(f"http://{stack.address('query')}/-/ready"))
    eventually(60, "the expired certificate refused", lambda: "expired certificate" in stack.log("query"))
    assert stack.seen()
    eventually(15, "the gate shows it", lambda: "expired on" in stack.proven(certificates_valid.prove, HUB))
    pids = {name: stack.processes[name].pid for name in ("query", GATE, SIDECAR)}
    renewed = certificate(stack.ca, NAMES[HUB])
    stack.put("query", *renewed)
    stack.put(GATE, *renewed)
    eventually(150, "the cluster seen again", lambda: stack.seen() == "")
    eventually(
        15, "the gate shows the new one", lambda: "valid until" in stack.proven(certificates_valid.prove, HUB)
    )
    assert {name: stack.processes[name].pid for name in pids} == pids


def test_a_certificate_is_of_no_use_to_another_cluster(stack: Secured) -> None:
    """A sidecar that shows the name of another is not read, though the same authority has signed it."""
    stack.put(SIDECAR, *certificate(stack.ca, "prod-neu.shop.internal"))
    said = stack.proven(certificates_valid.prove, CLUSTER)
    assert said == (
        f"the certificate of {CLUSTER}, which {SIDECAR} shows, bears the name prod-neu.shop.internal, "
        f"and not {NAMES[CLUSTER]}"
    )
    stack.stop("query")
    stack.launch("query")
    eventually(30, "Query is there", lambda: stack.client.get(f"http://{stack.address('query')}/-/ready"))
    wrong = f"certificate is valid for prod-neu.shop.internal, not {NAMES[CLUSTER]}"
    eventually(60, "the other name refused", lambda: wrong in stack.log("query"))
    assert stack.seen()
    stack.put(SIDECAR, *certificate(stack.ca, NAMES[CLUSTER]))
    eventually(150, "the cluster seen again", lambda: stack.seen() == "")


def test_a_lost_cluster_is_a_warning(stack: Secured) -> None:
    """The hub goes on answering for those that are there, and says whom it could not ask."""
    stack.stop(SIDECAR)

    def warned() -> dict[str, Any]:
        answer = stack.get("query", "/api/v1/query", query="count by (cluster) (up)")
        return answer if answer.get("warnings") else {}

    answer = eventually(60, "a warning", warned)
    assert [each["metric"]["cluster"] for each in answer["data"]["result"]] == [HUB]
    assert stack.address(SIDECAR, "grpc") in " ".join(answer["warnings"])
