"""The images that clusters here run: official names and tags, made of the programs that we built.

Manifests that are meant for real clusters run unchanged. Each image holds its static program and nothing
else; the two that need an interpreter are in `interpreted.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from estate.versions import ENGINES as VERSIONS
from tests.cluster import interpreted, oci, pause_image
from tests.cluster.oci import Image

PAUSE = "registry.k8s.io/pause:3.10"


@dataclass(frozen=True, slots=True)
class Official:
    """One official image: `name` with `{version}`, and the engines whose programs it holds, the first one to
    start.

    `places` says where a program is found in it when that is not /bin.
    """

    name: str
    engines: tuple[str, ...]
    place: str = "/bin/{file}"
    user: str = "65534"
    folders: tuple[str, ...] = ()


OFFICIAL = (
    Official(
        "quay.io/prometheus/prometheus:v{version}",
        ("prometheus_kubernetes", "promtool"),
        folders=("prometheus",),
    ),
    Official("quay.io/thanos/thanos:v{version}", ("thanos",), user="1001"),
    Official(
        "quay.io/prometheus/alertmanager:v{version}", ("alertmanager", "amtool"), folders=("alertmanager",)
    ),
    Official("quay.io/prometheus/node-exporter:v{version}", ("node_exporter",)),
    Official(
        "registry.k8s.io/kube-state-metrics/kube-state-metrics:v{version}",
        ("kube_state_metrics",),
        place="/{file}",
    ),
    Official("quay.io/prometheus-operator/prometheus-operator:v{version}", ("prometheus_operator",)),
    Official(
        "quay.io/prometheus-operator/prometheus-config-reloader:v{version}", ("prometheus_config_reloader",)
    ),
    # It listens on port 53. The official one may as a property of its file, which layers here do not keep.
    Official("registry.k8s.io/coredns/coredns:v{version}", ("coredns",), place="/{file}", user="0"),
)


def image(official: Official, find: Callable[[str], Path]) -> Image:
    """The image out of the programs that `find` gives by the name of their engine."""
    programs = {official.place.format(file=find(name).name): find(name) for name in official.engines}
    return Image(
        name=official.name.format(version=VERSIONS[official.engines[0]]),
        files={place.removeprefix("/"): path for place, path in programs.items()},
        entrypoint=(next(iter(programs)),),
        user=official.user,
        workdir=f"/{official.folders[0]}" if official.folders else "/",
        folders=official.folders,
    )


def of_engines(find: Callable[[str], Path]) -> Iterator[Image]:
    """Every image but our own, the pause image first. Raises EngineError for an engine that is not built."""
    yield Image(PAUSE, {"pause": pause_image.program()}, ("/pause",))
    for official in OFFICIAL:
        yield image(official, find)
    yield interpreted.azurite(find("azurite"))


def written(images: Iterable[Image], folder: Path) -> Iterator[Path]:
    """Write images as tars into `folder`, one after the other."""
    for number, made in enumerate(images):
        tar = folder / f"{number}.tar"
        oci.write(made, tar)
        yield tar


def engines() -> set[str]:
    """Names of the engines that the images are made of."""
    return {"azurite", *(name for official in OFFICIAL for name in official.engines)}
