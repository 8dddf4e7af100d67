"""Container images: the official ones, pinned by the version of the engine, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from estate.components import Command, Engine, FromImage, Own
from estate.model import Estate, Images
from estate.versions import ENGINES
from estate.versions import IMAGES as ALONE


@dataclass(frozen=True, slots=True)
class Image:
    """`name` with its registry; `tag` holds `{}` for the version of `engine`, or ours where that is empty."""

    name: str
    engine: str
    tag: str = "v{}"


_OPERATOR = "quay.io/prometheus-operator"
_KUBERNETES = "registry.k8s.io/kube-state-metrics"
# Images of what components run, by engine, and of what the operator puts beside them.
IMAGES: dict[str, Image] = {
    "prometheus": Image("quay.io/prometheus/prometheus", "prometheus"),
    "alertmanager": Image("quay.io/prometheus/alertmanager", "alertmanager"),
    "thanos": Image("quay.io/thanos/thanos", "thanos"),
    "node_exporter": Image("quay.io/prometheus/node-exporter", "node_exporter"),
    "kube_state_metrics": Image(f"{_KUBERNETES}/kube-state-metrics", "kube_state_metrics"),
    "prometheus_operator": Image(f"{_OPERATOR}/prometheus-operator", "prometheus_operator"),
    "config_reloader": Image(f"{_OPERATOR}/prometheus-config-reloader", "prometheus_operator"),
    "grafana": Image("docker.io/grafana/grafana", "grafana", "{}"),
    "singlepane": Image("ghcr.io/singlepane/singlepane", "", "{}"),
}


# Versions of ours, by engine.
VERSIONS = {**ENGINES, **ALONE}


def reference(name: str, images: Images) -> str:
    """What a pod pulls: through the mirror where there is one, with the digest where one is given."""
    image = IMAGES[name]
    place = f"{images.mirror}/{image.name}" if images.mirror else image.name
    digest = images.digests.get(image.name)
    return f"{place}:{tag(name, images)}@{digest}" if digest else f"{place}:{tag(name, images)}"


def tag(name: str, images: Images) -> str:
    """The tag alone, such as v3.14.0: of the version that the estate names, else of ours."""
    image = IMAGES[name]
    if not image.engine:
        return image.tag.format(_ours())
    return image.tag.format(images.versions.pinned().get(image.engine) or VERSIONS[image.engine])


@cache
def _ours() -> str:
    """Our own version; looking it up reads the whole description of the package."""
    return version("singlepane")


def of(command: Command, images: Images) -> str:
    """The image that holds a command. Raises ValueError for a program of some machine."""
    match command:
        case Engine(name) | FromImage(name):
            return reference(name, images)
        case Own():
            return reference("singlepane", images)
        case _:
            raise ValueError(f"no image holds {command}")


def all_of(estate: Estate) -> tuple[str, ...]:
    """Every image that the clusters of an estate pull, in the order of their names."""
    unused = set() if estate.grafana else {"grafana"}
    return tuple(sorted(reference(name, estate.images) for name in IMAGES.keys() - unused))
