"""The images that need an interpreter: our own program on this machine's Python, and Azurite on its Node.

They hold the interpreter, the shared libraries that it and its extensions are linked with (ldd(1) knows
them), and the packages: those that `requirements/run.lock` names, and ours as `pyproject.toml` packs them
into the wheel.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from estate.versions import ENGINES as VERSIONS
from tests.cluster.oci import Image

ROOT = Path(__file__).parents[2]
# Of the standard library, what no server needs.
_UNUSED = {
    "test",
    "idlelib",
    "tkinter",
    "lib2to3",
    "ensurepip",
    "turtledemo",
    "site-packages",
    "dist-packages",
}
# Of packages for Node, what is there for compilers, browsers and readers: two thirds of 55,000 files.
_UNUSED_BY_NODE = (
    *(".map", ".ts", ".mts", ".cts", ".md"),
    *("esm", "esnext", "dist-esm", "browser", "react-native"),
)
_STATE = "var/lib/singlepane"


def libraries(programs: Iterable[Path]) -> dict[str, Path]:
    """Shared libraries that these are linked with, by their paths in an image; the loader keeps its place."""
    found: dict[str, Path] = {}
    ldd = shutil.which("ldd") or "ldd"
    said = subprocess.run([ldd, *programs], capture_output=True, text=True, check=False).stdout
    for name, path in re.findall(r"(?m)^\s+(?:(\S+) => )?(/\S+) \(0x", said):
        found.setdefault(f"usr/lib/singlepane/{name}" if name else path.removeprefix("/"), Path(path))
    return found


def _standard_library() -> dict[str, Path | bytes]:
    folder = Path(sysconfig.get_path("stdlib"))
    place = f"usr/local/lib/{folder.name}"
    return {
        f"{place}/{path.name}": path
        for path in folder.iterdir()
        if path.name not in _UNUSED and not path.name.startswith(("config-", "__pycache__"))
    }


def _packages() -> dict[str, Path | bytes]:
    """Files of the locked run-time dependencies that are installed here, and of the project as its wheel has
    them.
    """
    place = f"usr/local/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    files: dict[str, Path | bytes] = {}
    locked = re.findall(r"(?m)^([a-z0-9][\w.-]*)==", (ROOT / "requirements" / "run.lock").read_text())
    for name in locked:
        try:
            listed = metadata.distribution(name).files or ()
        except metadata.PackageNotFoundError:
            continue  # locked for another system or another Python
        for file in listed:
            if ".." not in file.parts and "__pycache__" not in file.parts:
                files[f"{place}/{file}"] = Path(str(file.locate()))
    # Our own packages come from the checkout; what is said of them is what `--version` prints.
    for file in metadata.distribution("singlepane").files or ():
        if file.name == "METADATA":
            files[f"{place}/{file}"] = Path(str(file.locate()))
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    for source, target in {
        **{name: name for name in targets["packages"]},
        **targets["force-include"],
    }.items():
        files[f"{place}/{target}"] = ROOT / source
    return files


def singlepane() -> Image:
    """Our own image, as the Dockerfile makes its stage `runtime`: same user, folders and entry."""
    python = Path(sys.executable).resolve()
    standard, packages = _standard_library(), _packages()
    linked = [python, *(path for path in _shared(standard.values())), *_shared(packages.values())]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    start = "#!/usr/local/bin/python3\nfrom singlepane.main import main\nmain()\n"
    return Image(
        name=f"ghcr.io/singlepane/singlepane:{version}",
        files={
            "usr/local/bin/python3": python,
            "usr/local/bin/singlepane": start.encode(),
            **standard,
            **packages,
            **libraries(linked),
        },
        entrypoint=("singlepane",),
        user="10001:10001",
        workdir=f"/{_STATE}",
        environment={
            "PYTHONHOME": "/usr/local",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LD_LIBRARY_PATH": "/usr/lib/singlepane",
            "HOME": f"/{_STATE}",
            "XDG_STATE_HOME": f"/{_STATE}",
        },
        folders=(_STATE,),
    )


def azurite(launcher: Path) -> Image:
    """Azurite's blob service; `launcher` is the executable of the engine, whose first line names the Node."""
    first, _, rest = launcher.read_text().partition("\n")
    node = Path(first.removeprefix("#!"))
    return Image(
        name=f"mcr.microsoft.com/azure-storage/azurite:{VERSIONS['azurite']}",
        files={
            "usr/local/bin/node": node,
            "opt/azurite/azurite-blob": f"#!/usr/local/bin/node\n{rest}".encode(),
            "opt/azurite/node_modules": launcher.parent / "node_modules",
            **libraries([node]),
        },
        entrypoint=("/opt/azurite/azurite-blob",),
        workdir="/data",
        without=_UNUSED_BY_NODE,
        environment={"LD_LIBRARY_PATH": "/usr/lib/singlepane", "PATH": "/opt/azurite:/usr/local/bin"},
        folders=("data",),
    )


def _shared(contents: Iterable[Path | bytes]) -> list[Path]:
    """Files among these, or below them, that are shared objects."""
    found: list[Path] = []
    for content in contents:
        if isinstance(content, Path):
            below = content.rglob("*") if content.is_dir() else (content,)
            found.extend(
                path for path in below if ".so" in path.suffixes and not path.name.startswith("_tkinter")
            )
    return found
