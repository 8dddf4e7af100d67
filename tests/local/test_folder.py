"""The state folder: found, made, refused, removed."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.targets.local import client, folder, lock
from estate.errors import NotRunning, StateFolderError

ROOT = Path(__file__).parents[2]


def test_default_place() -> None:
    """The XDG state folder, then the home; a relative value of XDG_STATE_HOME is ignored."""
    assert folder.default_path("shop", {"XDG_STATE_HOME": "/x", "HOME": "/h"}) == Path("/x/singlepane/shop")
    assert folder.default_path("shop", {"HOME": "/h"}) == Path("/h/.local/state/singlepane/shop")
    assert folder.default_path("shop", {"XDG_STATE_HOME": "x", "HOME": "/h"}) == Path(
        "/h/.local/state/singlepane/shop"
    )


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}, {"XDG_STATE_HOME": "x"}])
def test_no_home(environment: dict[str, str]) -> None:
    """Without a home the error says what to set."""
    with pytest.raises(StateFolderError) as raised:
        folder.default_path("shop", environment)
    assert raised.value.message == "there is no place for the state folder: HOME is not set"
    assert raised.value.remedy == "Set HOME or XDG_STATE_HOME, or pass --state with a folder."


def test_made_private_and_found_again(tmp_path: Path) -> None:
    """A new folder is the user's alone, and the second time it is the same one."""
    path = tmp_path / "a" / "state"
    made = folder.prepare(path, "shop")
    assert (made.path, made.estate, len(made.id)) == (path.resolve(), "shop", 32)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert folder.prepare(path, "shop") == made
    assert folder.find(path) == made


def test_another_estates_folder_is_refused(tmp_path: Path) -> None:
    """Data of two estates never mix."""
    folder.prepare(tmp_path / "state", "shop")
    with pytest.raises(StateFolderError, match=r"belongs to estate shop, not to other$"):
        folder.prepare(tmp_path / "state", "other")


def test_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    """A folder passed by mistake is left as it is; one where a first start was cut short is taken."""
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(StateFolderError, match="is not empty and is not a state folder of singlepane"):
        folder.prepare(tmp_path, "shop")
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]
    (tmp_path / "thesis.tex").rename(tmp_path / ".singlepane.json.new")
    folder.prepare(tmp_path, "shop")


@pytest.mark.parametrize("mark", ["", "{}", "[]", '{"id": 1', "\x00"])
def test_damaged_mark(tmp_path: Path, mark: str) -> None:
    """A mark that cannot be read is not taken for one of ours."""
    (tmp_path / "singlepane.json").write_text(mark)
    with pytest.raises(StateFolderError, match="is damaged"):
        folder.prepare(tmp_path, "shop")


def test_file_in_the_way(tmp_path: Path) -> None:
    """A file where the folder should be, or above it, is said with the system's reason."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "state"):
        with pytest.raises(StateFolderError) as raised:
            folder.prepare(path, "shop")
        assert raised.value.message.startswith(f"the state folder {path} cannot be used: ")
        assert raised.value.remedy == "A file is in the way: remove it, or pass --state with another folder."


def refusal(command: str, path: Path) -> str:
    """What a shell command, which runs `$PREPARE` somewhere, says."""
    code = (
        "import sys; from pathlib import Path; from deploy.targets.local import folder;"
        "from estate.errors import StateFolderError\n"
        "try: folder.prepare(Path(sys.argv[1]), 'shop')\n"
        "except StateFolderError as error: print(error.message, error.remedy, sep='\\n')\n"
        "else: print('taken')"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", command, "sh", str(path)],
        env={**os.environ, "PREPARE": code, "PYTHON": sys.executable},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_disk_that_takes_no_byte(tmp_path: Path) -> None:
    """Where files can be made but not written, the start says so before anything runs."""
    said = refusal('ulimit -f 0; exec "$PYTHON" -c "$PREPARE" "$1"', tmp_path / "state")
    assert said == (
        f"the state folder {tmp_path / 'state'} cannot be used: File too large\n"
        "Files may not grow beyond a limit (`ulimit -f`): raise it.\n"
    )


def test_unwritable_parent(tmp_path: Path) -> None:
    """A place where no folder can be made, even by root, is said by its path."""
    said = refusal('exec "$PYTHON" -c "$PREPARE" "$1"', Path("/proc/singlepane/state"))
    assert said.startswith("the state folder /proc/singlepane/state cannot be used: ")
    assert tmp_path.exists()


def test_purge_leaves_nothing(tmp_path: Path) -> None:
    """Everything goes, the folder too; what a link in it points to stays."""
    made = folder.prepare(tmp_path / "state", "shop")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").touch()
    (made.path / "link").symlink_to(tmp_path / "elsewhere")
    (made.data("one") / "deep").mkdir(parents=True)
    client.purge(made)
    assert [entry.name for entry in tmp_path.iterdir()] == ["elsewhere"]
    assert (tmp_path / "elsewhere" / "file").exists()


def test_purge_while_something_runs_is_refused(tmp_path: Path) -> None:
    """A folder in use stays."""
    made = folder.prepare(tmp_path / "state", "shop")
    descriptor = lock.take(made)
    assert descriptor is not None
    with pytest.raises(StateFolderError, match="something runs in"):
        client.purge(made)
    os.close(descriptor)
    client.purge(made)
    assert not made.path.exists()


async def test_nothing_runs_in_a_new_folder(tmp_path: Path) -> None:
    """A folder where nothing runs says so, also with the remains of a crash in it."""
    made = folder.prepare(tmp_path / ("deep" * 40), "shop")
    (made.path / "control").touch()
    made.status.write_text("{")
    with pytest.raises(NotRunning, match="estate shop is not up"):
        await client.current(made)
    assert not await client.down(made, lambda _: None)
    shutil.rmtree(made.path)
