"""What the pods of the chart `exporter` would run, run here: the same arguments and files, other folders."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from exporters.shard import Shard, shard
from tests.charts.golden import DATA
from tests.charts.golden import objects as written
from tests.charts.helm import objects, rendered
from tests.ports import free_port

WORKING = """
config:
  inventory:
    estate: shop
    hub: hub-weu
    clusters: {hub-weu: {region: westeurope, subscription: shop, version: "1.33"}}
  exporters: {inventory: {kind: estate}}
"""
FAILING = """
config:
  exporters:
    orders:
      kind: json
      url: http://127.0.0.1:9/stats
      metrics: [{name: shop_orders, help: Orders., value: orders}]
"""
ROOM, STATE, LISTEN = "/etc/singlepane", "/var/lib/singlepane", "0.0.0.0:9790"


@dataclass(frozen=True)
class Pods:
    """The pods of a release on this machine: the arguments of both, with this machine's folders and port."""

    exporter: tuple[str, ...]
    test: tuple[str, ...]

    @contextmanager
    def running(self, log: Path) -> Iterator[None]:
        """The exporter, until it is told to end, which it does in order."""
        command = [sys.executable, "-c", "from singlepane.main import main; main()", *self.exporter]
        with log.open("w") as sink:
            process = subprocess.Popen(command, stdout=sink, stderr=sink)
        try:
            yield
            process.terminate()
            assert process.wait(30) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()

    def tested(self, waits: int = 120) -> tuple[int, str]:
        """Exit code and words of what `helm test` runs."""
        script = self.test[1].replace("WAIT_SECONDS = 120", f"WAIT_SECONDS = {waits}")
        command = [sys.executable, "-c", script, *self.test[2:]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def pods(folder: Path, values: str) -> Pods:
    """What is rendered, laid out below a folder."""
    port = free_port()
    found = objects(rendered("exporter", values))
    moves = {ROOM: f"{folder}/etc", STATE: f"{folder}/state", LISTEN: f"127.0.0.1:{port}"}

    def moved(text: str) -> str:
        for theirs, ours in moves.items():
            text = text.replace(theirs, ours)
        return text

    (workload,) = (each for each in found if each["kind"] in ("Deployment", "StatefulSet"))
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    maps = {each["metadata"]["name"]: each["data"] for each in found if each["kind"] == "ConfigMap"}
    for path, map in mounts(workload["spec"]["template"]["spec"], maps):
        place = Path(moved(path))
        place.mkdir(parents=True)
        for name, text in map.items():
            (place / name).write_text(moved(text))
    (test,) = (each["spec"]["containers"][0] for each in found if each["kind"] == "Pod")
    _, script = test["command"][0], test["command"][2]
    _, _, *how = test["args"]
    return Pods(
        tuple(moved(word) for word in container["args"]), ("-c", script, "127.0.0.1", str(port), *how)
    )


def mounts(
    spec: Mapping[str, Any], maps: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Where each ConfigMap is seen by the container."""
    volumes = {each["name"]: each for each in spec["volumes"]}
    for mount in spec["containers"][0]["volumeMounts"]:
        source = volumes[mount["name"]].get("configMap")
        if source:
            yield mount["mountPath"], maps[source["name"]]


def certificate(folder: Path) -> None:
    """The Secret of a certificate, as cert-manager would fill it."""
    ca = trustme.CA()
    issued = ca.issue_cert("127.0.0.1")
    folder.mkdir(parents=True)
    ca.cert_pem.write_to_path(folder / "ca.crt")
    (folder / "tls.crt").write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(folder / "tls.key")


def test_a_release_runs_and_passes_its_test(tmp_path: Path) -> None:
    """Over plain HTTP."""
    release = pods(tmp_path, WORKING)
    with release.running(tmp_path / "log"):
        assert release.tested() == (0, "ready, and every collector succeeds\n")


@pytest.mark.parametrize("more", ["", ", clientCa: true, clientAllowedSans: [prometheus.monitoring.svc]"])
def test_a_release_with_tls_passes_its_test(more: str, tmp_path: Path) -> None:
    """Over HTTPS; where certificates of clients are asked for it only connects, having none to show."""
    certificate(tmp_path / "etc" / "tls")
    release = pods(tmp_path, f"{WORKING}tls: {{existingSecret: exporter-tls{more}}}\n")
    with release.running(tmp_path / "log"):
        assert release.tested() == (0, "ready, and every collector succeeds\n")


def test_a_collector_that_fails_fails_the_test(tmp_path: Path) -> None:
    """And is named."""
    release = pods(tmp_path, FAILING)
    with release.running(tmp_path / "log"):
        assert release.tested() == (
            1,
            'does not succeed: collector="json",exporter="orders"; its log says why\n',
        )


def test_a_release_that_does_not_answer_fails_the_test(tmp_path: Path) -> None:
    """After two minutes, here at once."""
    code, said = pods(tmp_path, WORKING).tested(waits=0)
    assert code == 1
    assert re.fullmatch(r"not ready after 0 seconds: .*Connection refused.*\n", said)


def test_each_pod_of_several_knows_its_part() -> None:
    """From the number at the end of its name, which is the name of its host."""
    (workload,) = (each for each in objects(written("shards")) if each["kind"] == "StatefulSet")
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    (said,) = (word for word in container["args"] if word.startswith("--shard="))
    name, count = workload["metadata"]["name"], workload["spec"]["replicas"]
    parts = [shard(said.removeprefix("--shard="), f"{name}-{number}") for number in range(count)]
    assert parts == [Shard(0, 3), Shard(1, 3), Shard(2, 3)]


def test_every_folder_that_is_written_to_is_a_volume() -> None:
    """The root of the file system is read-only."""
    for file in sorted(DATA.glob("*.values.yaml")):
        case = file.name.split(".")[0]
        for each in objects(written(case)):
            if each["kind"] in ("Deployment", "StatefulSet"):
                (container,) = each["spec"]["template"]["spec"]["containers"]
                assert container["securityContext"]["readOnlyRootFilesystem"] is True
                assert f"--state={STATE}" in container["args"]
                writable = [mount for mount in container["volumeMounts"] if not mount.get("readOnly")]
                assert STATE in [mount["mountPath"] for mount in writable]
