"""Engines: the third-party programs behind components, pinned, built on this machine once, and found again.

`ENGINES` is the list of them, longest build first: that order keeps all cores busy to the end of a first run.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deploy.engines import ensuring, lookup
from deploy.engines.progress import SILENT, Progress
from deploy.engines.spec import PINS, Engine, GoBuild, NpmInstall, WebUi
from estate.versions import ENGINES as VERSIONS

# Service discovery plugins that no local component uses are left out: they are a third of Prometheus's
# build. File, HTTP and DNS discovery stay. In a cluster the official images run, which have all of them.
_PROMETHEUS_TAGS = ("netgo", "remove_all_sd", "enable_dns_sd")

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="helm",
        version=VERSIONS["helm"],
        folder=PINS / "helm",
        recipe=GoBuild(
            "helm.sh/helm/v4/cmd/helm", stamps=("helm.sh/helm/v4/internal/version.version=v{version}",)
        ),
        file="helm",
        printed=r'\bVersion:"v([^"]+)"',
        asked="version",
    ),
    Engine(
        name="thanos",
        version=VERSIONS["thanos"],
        folder=PINS / "thanos",
        recipe=GoBuild("github.com/thanos-io/thanos/cmd/thanos", tags=("netgo", "slicelabels")),
        file="thanos",
    ),
    Engine(
        name="azurite",
        version=VERSIONS["azurite"],
        folder=PINS / "azurite",
        recipe=NpmInstall("azurite/dist/src/blob/main.js"),
        file="azurite-blob",
        printed=r"(?m)^(\d+\.\d+\.\d+)$",
    ),
    Engine(
        name="prometheus",
        version=VERSIONS["prometheus"],
        folder=PINS / "prometheus",
        recipe=GoBuild(
            "github.com/prometheus/prometheus/cmd/prometheus",
            tags=_PROMETHEUS_TAGS,
            ui=WebUi(
                pins="prometheus_ui",
                source="web/ui/mantine-ui",
                package="github.com/prometheus/prometheus/web/ui",
                variable="Assets",
                root="static/mantine-ui",
            ),
        ),
        file="prometheus",
    ),
    Engine(
        name="alertmanager",
        version=VERSIONS["alertmanager"],
        folder=PINS / "alertmanager",
        recipe=GoBuild("github.com/prometheus/alertmanager/cmd/alertmanager", tags=("netgo",)),
        file="alertmanager",
    ),
    Engine(
        name="node_exporter",
        version=VERSIONS["node_exporter"],
        folder=PINS / "node_exporter",
        recipe=GoBuild("github.com/prometheus/node_exporter", tags=("netgo", "osusergo")),
        file="node_exporter",
    ),
    Engine(
        name="amtool",
        version=VERSIONS["amtool"],
        folder=PINS / "alertmanager",
        recipe=GoBuild("github.com/prometheus/alertmanager/cmd/amtool", tags=("netgo",)),
        file="amtool",
    ),
    Engine(
        name="promtool",
        version=VERSIONS["promtool"],
        folder=PINS / "prometheus",
        recipe=GoBuild("github.com/prometheus/prometheus/cmd/promtool", tags=_PROMETHEUS_TAGS),
        file="promtool",
    ),
)


def find(name: str) -> Path:
    """The executable of an engine: from $SINGLEPANE_ENGINE_PATH if it is there, else from the cache.

    Raises EngineError when there is none or the one in $SINGLEPANE_ENGINE_PATH has another version than the
    pinned one, and UsageError for a name that is no engine.
    """
    return lookup.find(lookup.named(name, ENGINES))


def ensure(names: Iterable[str], progress: Progress = SILENT) -> dict[str, Path]:
    """Paths of the executables of these engines; what is missing is built first.

    Blocks for minutes on a first run. Two calls at once, in any processes, build each engine once. Raises
    what `find` raises, and EngineError with the last lines of a build that failed.
    """
    return ensuring.ensure([lookup.named(name, ENGINES) for name in names], ENGINES, progress)


__all__ = ["ENGINES", "Engine", "Progress", "ensure", "find"]
