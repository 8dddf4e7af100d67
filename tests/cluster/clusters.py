"""Several clusters beside each other, from nothing to ready, and away again."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import images, interpreted, kubeconfig, layers, marks, pause_image
from tests.cluster.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters by name, and a kubeconfig with a context for each."""

    by_name: dict[str, Cluster]
    kubeconfig: Path

    def __getitem__(self, name: str) -> Cluster:
        return self.by_name[name]


@contextmanager
def running(
    names: Sequence[str],
    find: Callable[[str], Path],
    folder: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Clusters]:
    """Ready clusters of these names, gone afterwards however it ends; what earlier ones left goes first.

    `find` gives the path of an engine's program. `folder` must not be there yet. `say` hears what is done.
    Call it from a thread that stays while they run. Raises ClusterError, EngineError and OSError.
    """
    marks.sweep()
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="singlepane-clusters-")))
        else:
            folder.mkdir(parents=True)
        pause = pause_image.program()
        by_name = {}
        for name in names:
            by_name[name] = Cluster(name, folder / name, find, pause)
            stack.callback(by_name[name].end)
        _start(list(by_name.values()), find, folder)
        say("images are imported")
        for cluster in by_name.values():
            cluster.join()
        for name, cluster in by_name.items():
            cluster.wait()
            say(f"{name} is ready")
        path = folder / "kubeconfig"
        pki = {name: cluster.pki for name, cluster in by_name.items()}
        servers = {name: cluster.addresses.api for name, cluster in by_name.items()}
        kubeconfig.write(path, kubeconfig.document(pki, servers, "admin"))
        yield Clusters(by_name, path)


def _start(clusters: Sequence[Cluster], find: Callable[[str], Path], folder: Path) -> None:
    """Start them with all images: those of engines as an earlier run has kept them, ours as it is now."""
    first, *others = clusters
    lasting = list(images.of_engines(find))
    kept = layers.kept(lasting)
    first.start(kept if kept.exists() else None)
    if not kept.exists():
        first.take(images.written(lasting, folder))
        layers.keep(first.images, kept)
    first.take(images.written([interpreted.singlepane()], folder))
    for cluster in others:
        cluster.start(first.images)
