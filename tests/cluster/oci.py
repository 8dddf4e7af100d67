"""Container images without a container builder: an OCI image layout in a tar, the same bytes from the same
files.

The format is that of the OCI image specification (image-layout.md, manifest.md, config.md); containerd
reads it with `ctr images import` and takes the name from the annotation `io.containerd.image.name`.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_MEDIA = "application/vnd.oci.image"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_PASSWD = "root:x:0:0:root:/:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/false\n"
_BASE: Mapping[str, bytes] = {
    "etc/passwd": _PASSWD.encode(),
    "etc/group": b"root:x:0:\nnogroup:x:65534:\n",
    "etc/nsswitch.conf": b"hosts: files dns\n",
}


@dataclass(frozen=True, slots=True)
class Image:
    """What an image holds and how it starts.

    `files` are paths in the image, without the first slash, with the file or folder on this machine that
    goes there, or its bytes. `folders` are made empty and may be written to by everybody. Of folders that go
    there, what is called as in `without` is left out: folders by their names, files by how these end.
    """

    name: str
    files: Mapping[str, Path | bytes]
    entrypoint: tuple[str, ...]
    user: str = "65534"
    workdir: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    without: tuple[str, ...] = ("__pycache__",)


def write(image: Image, target: Path) -> int:
    """Write the layout of an image to a tar; returns the bytes of its layer. Raises OSError."""
    layer = target.with_suffix(".layer")
    try:
        digest, size = _write_layer(image, layer)
        config = _json(_config(image, digest))
        manifest = _json(
            {
                "schemaVersion": 2,
                "mediaType": f"{_MEDIA}.manifest.v1+json",
                "config": {"mediaType": f"{_MEDIA}.config.v1+json", **_descriptor(config)},
                "layers": [{"mediaType": f"{_MEDIA}.layer.v1.tar", "digest": digest, "size": size}],
            }
        )
        named = {"annotations": {"io.containerd.image.name": image.name}}
        index = _json(
            {
                "schemaVersion": 2,
                "manifests": [{"mediaType": f"{_MEDIA}.manifest.v1+json", **_descriptor(manifest), **named}],
            }
        )
        with tarfile.open(target, "w") as tar:
            _add(tar, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
            _add(tar, "index.json", index)
            for blob in (config, manifest):
                _add(tar, _blob(_descriptor(blob)["digest"]), blob)
            _add(tar, _blob(digest), layer)
    finally:
        layer.unlink(missing_ok=True)
    return size


def _config(image: Image, layer: str) -> dict[str, object]:
    environment = {"PATH": "/usr/local/bin:/bin", **image.environment}
    machine = platform.machine()
    return {
        "architecture": _ARCHITECTURES.get(machine, machine),
        "os": "linux",
        "config": {
            "Entrypoint": list(image.entrypoint),
            "User": image.user,
            "WorkingDir": image.workdir,
            "Env": [f"{name}={value}" for name, value in environment.items()],
        },
        "rootfs": {"type": "layers", "diff_ids": [layer]},
    }


def _write_layer(image: Image, path: Path) -> tuple[str, int]:
    with path.open("wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        for folder in ("tmp", *image.folders):
            _add_folder(tar, folder)
        for name, content in sorted({**_BASE, **image.files}.items()):
            for inside, source in _walk(name, content, image.without):
                _add(tar, inside, source)
    with path.open("rb") as written:
        return f"sha256:{hashlib.file_digest(written, 'sha256').hexdigest()}", path.stat().st_size


def _walk(name: str, content: Path | bytes, without: tuple[str, ...]) -> Iterator[tuple[str, Path | bytes]]:
    """Files below a folder, or the file itself."""
    if isinstance(content, bytes) or not content.is_dir():
        yield name, content
        return
    for path in sorted(content.iterdir()):
        if path.is_dir():
            if path.name not in without:
                yield from _walk(f"{name}/{path.name}", path, without)
        elif not path.name.endswith(without):
            yield f"{name}/{path.name}", path


def _add_folder(tar: tarfile.TarFile, name: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
    tar.addfile(entry)


def _add(tar: tarfile.TarFile, name: str, content: Path | bytes) -> None:
    """A file for everybody to read, with no owner and no time of this machine. Links are followed."""
    entry = tarfile.TarInfo(name)
    if isinstance(content, bytes):
        entry.mode, entry.size = (0o755 if content.startswith(b"#!") else 0o644), len(content)
        tar.addfile(entry, io.BytesIO(content))
        return
    status = content.stat()
    entry.mode, entry.size = (0o755 if status.st_mode & 0o100 else 0o644), status.st_size
    with content.open("rb") as file:
        tar.addfile(entry, file)


def _descriptor(blob: bytes) -> dict[str, object]:
    return {"digest": f"sha256:{hashlib.sha256(blob).hexdigest()}", "size": len(blob)}


def _blob(digest: object) -> str:
    return f"blobs/sha256/{str(digest).removeprefix('sha256:')}"


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
