"""Images are written without a container engine, and hold what they should and nothing of this machine."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from estate.versions import ENGINES
from tests.cluster import cluster, images, layers, oci
from tests.cluster.oci import Image


@pytest.fixture
def image(tmp_path: Path) -> Image:
    """An image of one program, one text, and a folder with things that are left out."""
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o755)
    for name in ("kept/a.js", "kept/a.js.map", "kept/esm/a.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    files: dict[str, Path | bytes] = {"bin/program": program, "etc/text": b"text", "opt": tmp_path / "kept"}
    without = (".map", "esm")
    return Image("example.org/x:v1", files, ("/bin/program",), folders=("data",), without=without)


def layout(path: Path) -> tuple[dict[str, Any], tarfile.TarFile]:
    """Configuration and layer of an image, every blob on the way being what its digest says."""
    with tarfile.open(path) as tar:
        blobs = {entry.name: tar.extractfile(entry).read() for entry in tar.getmembers()}  # type: ignore[union-attr]
    assert json.loads(blobs.pop("oci-layout")) == {"imageLayoutVersion": "1.0.0"}
    (listed,) = json.loads(blobs.pop("index.json"))["manifests"]
    assert listed["annotations"] == {"io.containerd.image.name": "example.org/x:v1"}
    for name, blob in blobs.items():
        assert name == f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}"

    def at(descriptor: dict[str, Any]) -> bytes:
        blob = blobs[f"blobs/{descriptor['digest'].replace(':', '/')}"]
        assert len(blob) == descriptor["size"]
        return blob

    manifest = json.loads(at(listed))
    (layer,) = manifest["layers"]
    config = json.loads(at(manifest["config"]))
    assert config["rootfs"] == {"type": "layers", "diff_ids": [layer["digest"]]}
    return config["config"], tarfile.open(fileobj=io.BytesIO(at(layer)))


def test_image_holds_its_files(image: Image, tmp_path: Path) -> None:
    """The layer has the files with their rights, owned by root, without a time; folders are for everybody."""
    oci.write(image, tmp_path / "x.tar")
    config, layer = layout(tmp_path / "x.tar")
    assert config["Entrypoint"] == ["/bin/program"]
    assert config["User"] == "65534"
    assert {entry.name: oct(entry.mode) for entry in layer.getmembers()} == {
        "tmp": "0o1777",
        "data": "0o1777",
        "bin/program": "0o755",
        "etc/group": "0o644",
        "etc/nsswitch.conf": "0o644",
        "etc/passwd": "0o644",
        "etc/text": "0o644",
        "opt/a.js": "0o644",
    }
    owners = {(entry.uid, entry.gid, entry.uname, entry.gname, entry.mtime) for entry in layer.getmembers()}
    assert owners == {(0, 0, "", "", 0)}


def test_same_files_make_the_same_bytes(image: Image, tmp_path: Path) -> None:
    """Two writes of an image are equal, and nothing is left beside them."""
    (tmp_path / "out").mkdir()
    for name in ("one.tar", "two.tar"):
        oci.write(image, tmp_path / "out" / name)
    assert (tmp_path / "out" / "one.tar").read_bytes() == (tmp_path / "out" / "two.tar").read_bytes()
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"one.tar", "two.tar"}


def test_another_program_is_another_folder(image: Image) -> None:
    """What is kept of imported images is found again for the same programs alone."""
    before = layers.kept([image])
    assert layers.kept([image]) == before
    assert layers.kept([replace(image, user="0")]) != before
    program = image.files["bin/program"]
    assert isinstance(program, Path)
    program.write_bytes(b"another one")
    assert layers.kept([image]) != before


def test_shared_folder_is_the_same_files(tmp_path: Path) -> None:
    """Layers are one file in two places, links stay links, and a database is a file of its own."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    for name in ("layer", "meta.db"):
        (source / name).write_text(name)
    (source / "link").symlink_to("/nowhere")
    layers.share(source, target)
    assert (target / "layer").samefile(source / "layer")
    assert not (target / "meta.db").samefile(source / "meta.db")
    assert (target / "meta.db").read_text() == "meta.db"
    assert (target / "link").readlink() == Path("/nowhere")


def test_names_are_the_official_ones() -> None:
    """Names and tags are those that manifests for real clusters have."""

    def found(name: str) -> Path:
        return Path("/nowhere") / name

    made = [images.image(official, found).name for official in images.OFFICIAL]
    assert f"quay.io/prometheus/prometheus:v{ENGINES['prometheus']}" in made
    assert f"quay.io/thanos/thanos:v{ENGINES['thanos']}" in made
    assert "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.18.0" in made
    assert {*images.engines(), *cluster.ENGINES} <= set(ENGINES)
