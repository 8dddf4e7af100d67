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


def _kubernetes(file: str) -> Engine:
    """A program of Kubernetes itself. All are made of the same pins, and share most of what is compiled."""
    name = file.replace("-", "_")
    version = VERSIONS[name]
    major, minor, _ = version.split(".")
    package = "k8s.io/component-base/version"
    stamps = (
        f"{package}.gitVersion=v{{version}}",
        f"{package}.gitMajor={major}",
        f"{package}.gitMinor={minor}",
    )
    return Engine(
        name=name,
        version=version,
        folder=PINS / "kubernetes",
        recipe=GoBuild(f"k8s.io/kubernetes/cmd/{file}", stamps=stamps),
        file=file,
        printed=r"(?m)^Kubernetes v(\S+)$",
        purpose="tests",
    )


ENGINES: tuple[Engine, ...] = (
    _kubernetes("kube-apiserver"),
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
        name="prometheus_operator",
        version=VERSIONS["prometheus_operator"],
        folder=PINS / "prometheus_operator",
        recipe=GoBuild("github.com/prometheus-operator/prometheus-operator/cmd/operator"),
        file="prometheus-operator",
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
    _kubernetes("kubelet"),
    Engine(
        name="coredns",
        version=VERSIONS["coredns"],
        folder=PINS / "coredns",
        recipe=GoBuild("github.com/coredns/coredns", stamps=()),
        file="coredns",
        printed=r"(?m)^CoreDNS-(\S+)$",
        purpose="tests",
    ),
    # As the official images have it: file, HTTP, DNS and Kubernetes discovery. Nobody looks at it, so it
    # carries no web interface.
    Engine(
        name="prometheus_kubernetes",
        version=VERSIONS["prometheus_kubernetes"],
        folder=PINS / "prometheus",
        recipe=GoBuild(
            "github.com/prometheus/prometheus/cmd/prometheus",
            tags=(*_PROMETHEUS_TAGS, "enable_kubernetes_sd"),
        ),
        file="prometheus",
        purpose="tests",
    ),
    _kubernetes("kube-controller-manager"),
    Engine(
        name="kube_state_metrics",
        version=VERSIONS["kube_state_metrics"],
        folder=PINS / "kube_state_metrics",
        recipe=GoBuild("k8s.io/kube-state-metrics/v2"),
        file="kube-state-metrics",
        printed=r"(?m)^kube-state-metrics, version (\S+) ",
        asked="version",
        purpose="tests",
    ),
    Engine(
        name="pint",
        version=VERSIONS["pint"],
        folder=PINS / "pint",
        recipe=GoBuild("github.com/cloudflare/pint/cmd/pint", stamps=("main.version={version}",)),
        file="pint",
        printed=r"(?m)^(\d\S+) \(revision: ",
        asked="version",
    ),
    Engine(
        name="etcd",
        version=VERSIONS["etcd"],
        folder=PINS / "etcd",
        recipe=GoBuild("go.etcd.io/etcd/server/v3", stamps=()),
        file="etcd",
        printed=r"(?m)^etcd Version: (\S+)$",
        purpose="tests",
    ),
    _kubernetes("kube-scheduler"),
    _kubernetes("kube-proxy"),
    Engine(
        name="prometheus_config_reloader",
        version=VERSIONS["prometheus_config_reloader"],
        folder=PINS / "prometheus_operator",
        recipe=GoBuild("github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader"),
        file="prometheus-config-reloader",
        purpose="tests",
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
