"""Configurations of other exporters: ours, what could not be carried, and errors, compared whole.

`python -m tests.exporters.imports.test_imports` writes the expectations anew; read the difference before
committing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from estate.errors import EstateInvalid, SinglepaneError
from exporters.azure.discovery.parts import PARTS
from exporters.configuration.load import load
from exporters.imports import SOURCES, Source, carried
from exporters.imports.opening import opened
from exporters.imports.promitor_types import TYPES
from singlepane.commands.exporter import app
from singlepane.commands.exporter_import import Format
from singlepane.main import main
from tests.exporters.doubles import DATA
from tests.exporters.simulated import GATEWAYS, SECRET, STORAGE, TENANT, azure, fleet_text

FOLDER = DATA / "exporters" / "imports"
FILES = sorted([*FOLDER.glob("*.yaml"), *FOLDER.glob("*.toml")])
GOOD = [path for path in FILES if "-bad-" not in path.name]


def _source(path: Path) -> Source:
    return next(each for each in SOURCES if path.name.startswith(each.name))


def outcome(path: Path) -> str:
    """What a person sees: the file, and below it what could not be carried; or the error."""
    try:
        text, left = carried(_source(path), path.read_text(), path.name, "imported")
    except EstateInvalid as error:
        return "".join(f"{each.position}: {each.message}\n    {each.fix}\n" for each in error.findings)
    except SinglepaneError as error:
        return f"{error.message}\n    {error.remedy}\n"
    return text + "---\n" + "".join(f"{line}\n" for line in left)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_outcome_is_as_expected(path: Path) -> None:
    """Each example gives exactly this file, these remarks, or this error."""
    assert outcome(path) == path.with_suffix(".expected").read_text()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_is_written_loads(path: Path, tmp_path: Path) -> None:
    """The file is one that the exporter takes as it is."""
    source = path.name.split("-")[0]
    ran = CliRunner().invoke(app, ["import", source, str(path)])
    assert ran.exit_code == 0, ran.output
    file = tmp_path / "exporter.yaml"
    file.write_text(ran.stdout)
    assert load(file).name == path.stem


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_is_written_needs_no_correction(path: Path, tmp_path: Path) -> None:
    """No check finds anything in the file, no remark is about a place in it, its calls can be told."""
    text, left = carried(_source(path), path.read_text(), path.name, "imported")
    file = tmp_path / "exporter.yaml"
    file.write_text(text)
    assert load(file).warnings == ()
    assert not [line for line in left if line.startswith("exporter.yaml")]
    types = [each["type"] for row in yaml.safe_load(text)["exporters"].values() for each in row["metrics"]]
    counts = ",".join(f"{each}=10" for each in dict.fromkeys(types))
    ran = CliRunner().invoke(app, ["plan", "--config", str(file), "--resources", counts])
    assert ran.exit_code == 0, ran.output


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_each_remark_has_its_place(path: Path) -> None:
    """File and line come first, as a person clicks on them, and then what follows from the loss."""
    _, left = carried(_source(path), path.read_text(), path.name, "imported")
    lines = len(path.read_text().splitlines())
    for remark in left:
        file, line, *_ = remark.split(":")
        assert file == path.name and 1 <= int(line) <= lines, remark
        assert "there is no such thing" not in remark


def test_all_types_of_promitor_are_tried() -> None:
    """`promitor-types.yaml` has a resource of each, by the keys of Promitor's documentation."""
    text = (FOLDER / "promitor-types.yaml").read_text()
    assert [line.split()[1] for line in text.splitlines() if "resourceType:" in line] == list(TYPES)


IMPORTED = (
    "promitor-storage",
    "promitor-splits",
    "promitor-twice",
    "webdevops-filters",
    "webdevops-crossing",
)
RESOURCES: dict[str, list[dict[str, Any]]] = {
    "shop-a": [
        {"type": STORAGE, "name": "shopdata", "resource_group": "rg"},
        {"type": STORAGE, "name": "shoplogs", "resource_group": "rg"},
        {"type": STORAGE, "name": "shop", "resource_group": "shop"},
        {"type": "Microsoft.KeyVault/vaults", "name": "keys", "resource_group": "rg"},
        {"type": "Microsoft.ServiceBus/namespaces", "name": "bus", "resource_group": "rg"},
        {"type": "Microsoft.EventHub/namespaces", "name": "hub", "resource_group": "rg"},
        {"type": GATEWAYS, "name": "gateway"},
        {"type": "Microsoft.Cache/redis", "name": "cache"},
        {"type": "Microsoft.Cache/redisEnterprise", "name": "big"},
    ]
}


@pytest.mark.parametrize("stem", IMPORTED)
def test_azure_has_what_is_written(stem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`exporter check` of the file, against the simulator: every metric, aggregation and split is there,
    resources of every type are found, and no right is taken to be missing.
    """
    monkeypatch.setenv(SECRET, "simulator")
    path = FOLDER / f"{stem}.yaml"
    text, _ = carried(_source(path), path.read_text(), path.name, "imported", TENANT)
    with azure(tmp_path, fleet_text(RESOURCES)) as simulator:
        document = yaml.safe_load(text)
        keys = ("authority", "arm", "metrics", "ca_file", "client_id")
        document["azure"] = {key: getattr(simulator.endpoints, key) for key in keys}
        for row in document["exporters"].values():
            row["identity"] = f"env:{SECRET}"
        file = tmp_path / "exporter.yaml"
        file.write_text(yaml.safe_dump(document))
        ran = CliRunner().invoke(app, ["check", "--config", str(file), "-o", "json"])
    found = json.loads(ran.stdout)
    assert (ran.exit_code, found["mismatches"]) == (0, [])
    assert {each["state"] for each in found["tries"]} <= {"ok", "unseen"}
    there = {row["type"].lower() for row in RESOURCES["shop-a"]} | set(PARTS)
    for each in found["tries"]:
        if each["step"] == "definitions" and each["state"] == "unseen":
            assert each["subject"] not in there


@pytest.mark.parametrize("stem", ["telegraf-shop.toml", "promitor-storage.yaml"])
def test_no_secret_is_copied_or_shown(stem: str) -> None:
    """Neither file nor remarks hold it."""
    path = FOLDER / stem
    assert "a-literal-secret" in path.read_text()
    ran = CliRunner().invoke(app, ["import", stem.split("-", maxsplit=1)[0], str(path)])
    assert ran.exit_code == 0
    assert "a-literal-secret" not in ran.output


def test_a_secret_is_a_reference() -> None:
    """The variable that the file itself names, where it names one."""
    for stem, reference in (
        ("telegraf-shop", "AZURE_CLIENT_SECRET"),
        ("telegraf-placeholders", "SHOP_SECRET"),
    ):
        ran = CliRunner().invoke(app, ["import", "telegraf", str(FOLDER / f"{stem}.toml")])
        assert f"identity: env:{reference}\n" in ran.stdout


@pytest.mark.parametrize("path", [each for each in FILES if each not in GOOD], ids=lambda path: path.stem)
def test_stdout_is_a_file_or_nothing(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`import > exporter.yaml` never has a finding in it: that is on stderr, and the exit code is 2."""
    monkeypatch.setattr("sys.argv", ["singlepane", "exporter", "import", path.name.split("-")[0], str(path)])
    with pytest.raises(SystemExit) as ended:
        main()
    written = capsys.readouterr()
    assert (ended.value.code, written.out) == (2, "")
    assert path.name in written.err


def test_documents_of_one_file_keep_their_lines() -> None:
    """Markers, and documents without anything in them, count as lines and as nothing else."""
    text = "# a\n---\n---\n- 1\n...\n--- {b: 2}\n---\n# end\n"
    reading, found = opened(text, "x.yaml", several=True)
    assert found == [[1], {"b": 2}]
    assert reading.where((1, "b")) == "x.yaml:6:6: 1.b"


def test_words_of_the_command_are_the_formats() -> None:
    """One list, two places."""
    assert [each.value for each in Format] == [source.name for source in SOURCES]


if __name__ == "__main__":
    for each in FILES:
        each.with_suffix(".expected").write_text(outcome(each))
