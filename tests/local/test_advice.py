"""Commands that messages advise speak of the estate that the messages are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.targets.local import client
from deploy.targets.local.advice import carried
from estate.errors import NotRunning, SinglepaneError
from singlepane import which
from tests.local.house import House, nothing

TEXT = (
    "See why with `singlepane logs store`, then `singlepane restart store`; `singlepane up` again; "
    "`singlepane down --purge`; `thanos tools bucket ls`, `singlepane engines list`."
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place of its own for folders that are not named."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))


def test_a_folder_of_ones_own_is_named_in_every_command(tmp_path: Path) -> None:
    """Copied as it stands, each command means this estate; those that know no folder stay as they are."""
    state = f"--state {tmp_path}/mine"
    assert carried(TEXT, tmp_path / "mine", "shop") == (
        f"See why with `singlepane logs store {state}`, then `singlepane restart store {state}`; "
        f"`singlepane up {state}` again; `singlepane down --purge {state}`; "
        "`thanos tools bucket ls`, `singlepane engines list`."
    )


def test_up_is_given_the_estate_file_where_it_is_known(tmp_path: Path) -> None:
    """Without it `up` would start another estate in this one's folder; names with blanks are quoted."""
    state = tmp_path / "my state"
    assert carried("Run `singlepane up` again.", state, "shop", "/my estates/shop.yaml") == (
        f"Run `singlepane up '/my estates/shop.yaml' --state '{state}'` again."
    )


def test_the_usual_folder_needs_no_word(tmp_path: Path) -> None:
    """Where a command finds the estate by its name, nothing is added."""
    assert carried(TEXT, tmp_path / "home" / "singlepane" / "shop", "shop") == TEXT
    assert "--state" in carried(TEXT, tmp_path / "home" / "singlepane" / "shop", "other")


def test_a_command_that_names_a_folder_keeps_it(tmp_path: Path) -> None:
    """What a message says about another folder is left alone."""
    text = "`singlepane down --state /elsewhere` ends it."
    assert carried(text, tmp_path, "shop") == text


def test_without_a_home_every_command_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no usual folder, it is always named."""
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME")
    assert carried("`singlepane status`", tmp_path, "shop") == f"`singlepane status --state {tmp_path}`"


async def test_errors_about_a_folder_name_it(house: House) -> None:
    """Not up, gone, in use: each error's remedy works as it is printed."""
    folder = house.state
    with pytest.raises(NotRunning) as refused:
        await client.current(folder)
    assert refused.value.remedy == f"`singlepane up --state {folder.path}` starts it."
    assert client.died(folder).remedy == f"`singlepane up --state {folder.path}` starts the estate again."
    line = await house.up(house.component("one"))
    with pytest.raises(SinglepaneError) as used:
        client.purge(folder)
    assert used.value.remedy == f"`singlepane down --state {folder.path}` stops it."
    await line.ask("down", nothing)
    await line.close()
    with pytest.raises(NotRunning) as missing:
        which.state_folder(None, house.root / "nothing here")
    assert missing.value.remedy == (
        f"`singlepane up --state '{house.root}/nothing here'` starts an estate there."
    )
