"""Helm, as a program: it applies releases server-side, keeps their revisions and goes back to them.

Contract: `helm upgrade --help` and `helm rollback --help` of Helm 4.3.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.charts import FOLDER
from deploy.targets.kubernetes.cluster.connection import Access
from deploy.targets.kubernetes.cluster.history import KEPT
from deploy.targets.kubernetes.cluster.releases import ESTATE, HASH
from deploy.targets.kubernetes.rendering.release import Release
from estate.errors import ClusterError

# Lines of its libraries' logs, such as klog's `E1129 15:54:52.593465    2517 round_tripper.go:63] …`.
_NOISE = re.compile(r"level=|WARNING|[EWIF]\d{4} \d\d:\d\d:")
# Of one call. It waits for no pod: readiness is watched by ourselves, with reasons.
SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Helm:
    """The program at `path`, towards one cluster."""

    path: Path
    access: Access
    estate: str

    def upgrade(self, release: Release, *, take_over: bool = False) -> None:
        """Install a release or bring it up to date. Raises ClusterError with what Helm says.

        `take_over`: objects of other owners and fields of other managers become its own.
        """
        labels = f"{HASH}={release.hash},{ESTATE}={self.estate}"
        words = ["upgrade", release.name, str(FOLDER / release.chart), "--install"]
        words += ["--history-max", str(KEPT), "--labels", labels, "--server-side=true"]
        # The API server itself validates what is applied. Helm would fetch all schemas beforehand: megabytes
        # that a busy server does not have ready within the 32 s that are waited for them.
        words.append("--disable-openapi-validation")
        if take_over:
            words += ["--take-ownership", "--force-conflicts"]
        with _values(release) as values:
            self._run([*words, "--values", str(values)], release.name)

    def rollback(self, release: str, revision: int) -> None:
        """Go back to a revision that is still kept. Raises ClusterError."""
        self._run(["rollback", release, str(revision), "--history-max", str(KEPT)], release)

    def uninstall(self, release: str) -> None:
        """Delete a release and its objects. Raises ClusterError."""
        self._run(["uninstall", release, "--ignore-not-found"], release)

    def _run(self, words: Sequence[str], release: str) -> str:
        to = self.access
        with tempfile.TemporaryDirectory(prefix="singlepane-helm-") as home:
            command = [str(self.path), *words, "--namespace", to.namespace, "--kube-context", to.context]
            try:
                done = subprocess.run(
                    command,
                    env=_environment(to.kubeconfig, home),
                    capture_output=True,
                    text=True,
                    timeout=SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise ClusterError(
                    f"{to.cluster}: helm {words[0]} {release} does not end within {SECONDS:g} s",
                    "Is its API server overloaded? The same command again goes on from here.",
                ) from None
        if done.returncode:
            raise _failed(to, words[0], release, done.stderr)
        return done.stdout


def _environment(kubeconfig: str, home: str) -> Mapping[str, str]:
    """Ours, with Helm's own folders elsewhere: plug-ins and repositories of a person change nothing here."""
    own = {f"HELM_{name}_HOME": f"{home}/{name.lower()}" for name in ("CACHE", "CONFIG", "DATA")}
    return {**os.environ, **own, "KUBECONFIG": kubeconfig}


@contextmanager
def _values(release: Release) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(release.values(), file)
        file.flush()
        yield Path(file.name)


# Logs of Helm and of its libraries, which are no part of what it answers.
_NOISE = re.compile(r"level=|WARNING|[IWEF]\d{4} \d\d:\d\d:\d\d")


def _failed(to: Access, verb: str, release: str, said: str) -> ClusterError:
    lines = [line for line in said.strip().splitlines() if not _NOISE.match(line)]
    text = "\n".join(lines).removeprefix("Error: ")
    remedy = ""
    if "conflict with" in text:
        remedy = "Another manager holds these fields. Take them out there"
        # A rollback takes nothing over.
        remedy += "." if verb == "rollback" else ", or run it again with --take-over, which makes them ours."
    elif "invalid ownership metadata" in text or "exists and cannot be imported" in text:
        remedy = "The object belongs to another release or to nobody. With --take-over it becomes ours."
    elif "is immutable" in text or "Forbidden: updates to statefulset spec" in text:
        remedy = "`singlepane plan` names the object that must be made anew, and what that costs."
    return ClusterError(f"{to.cluster}: helm {verb} {release}: {text}", remedy)
