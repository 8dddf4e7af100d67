"""The estate as it runs on one machine: complete, closed under its references, no secret in the open."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.wiring import local_components
from estate.components import Component, File, SecretValue
from estate.errors import UsageError
from estate.load import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop" / "estate.yaml"
ESTATE = load(EXAMPLE).estate


def names(components: tuple[Component, ...]) -> list[str]:
    """Names in order."""
    return [each.name for each in components]


def test_every_component_of_the_example(tmp_path: Path) -> None:
    """Two workload clusters, one of them with a pair, and the hub."""
    assert sorted(names(local_components(ESTATE, EXAMPLE, tmp_path))) == sorted(
        [
            "azurite",
            "azure-simulator",
            "shop",
            "server",
            *(
                f"{each}-{cluster}"
                for each in ("node-exporter", "azure-platform", "shop-orders")
                for cluster in ESTATE.workloads()
            ),
            "inventory-hub-weu",
            *(
                f"{each}-{replica}"
                for each in ("prometheus", "sidecar")
                for replica in ("hub-weu-0", "prod-weu-0", "prod-weu-1", "prod-neu-0")
            ),
            "store",
            "query",
            "query-frontend",
            "rule",
            "compact",
            "alertmanager",
        ]
    )


def test_needs_are_components(tmp_path: Path) -> None:
    """What a component waits for runs, too."""
    components = local_components(ESTATE, EXAMPLE, tmp_path)
    known = set(names(components))
    assert {need for each in components for need in each.needs} <= known


def test_files_in_place_of_azurite(tmp_path: Path) -> None:
    """With `--store files` no emulator runs and nothing waits for it."""
    components = local_components(ESTATE, EXAMPLE, tmp_path, "files")
    assert "azurite" not in names(components)
    assert all("azurite" not in each.needs for each in components)
    assert not (tmp_path / "secrets").exists()


def test_the_key_of_the_emulator_is_made_once_and_private(tmp_path: Path) -> None:
    """The account key is this state folder's own, mode 0600, and never a plain value of a component."""
    local_components(ESTATE, EXAMPLE, tmp_path)
    file = tmp_path / "secrets" / "azurite-key"
    key = file.read_text()
    components = local_components(ESTATE, EXAMPLE, tmp_path)
    assert file.read_text() == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key not in repr(components)
    assert SecretValue(f"file:{file}") in {
        part
        for each in components
        for value in each.environment.values()
        if not isinstance(value, str)
        for part in value.parts
    }
    holders = [(each.name, file.path) for each in components for file in each.files if _mentions(file)]
    assert holders and all(file.secret for each in components for file in each.files if _mentions(file))


def test_azure_without_a_fleet_is_refused(tmp_path: Path) -> None:
    """An estate with Azure exporters must say what the simulator answers for."""
    bare = ESTATE.model_copy(update={"local": ESTATE.local.model_copy(update={"fleet": ""})})
    with pytest.raises(UsageError, match="names no fleet"):
        local_components(bare, EXAMPLE, tmp_path)
    lost = ESTATE.model_copy(update={"local": ESTATE.local.model_copy(update={"fleet": "lost.yaml"})})
    with pytest.raises(UsageError, match="is not there"):
        local_components(lost, EXAMPLE, tmp_path)


def test_a_broken_fleet_is_said(tmp_path: Path) -> None:
    """The fleet file's own errors reach the user before anything starts."""
    (tmp_path / "fleet.yaml").write_text("apiVersion: nonsense\n")
    estate = ESTATE.model_copy(update={"local": ESTATE.local.model_copy(update={"fleet": "fleet.yaml"})})
    with pytest.raises(UsageError, match="the fleet file cannot be used"):
        local_components(estate, tmp_path / "estate.yaml", tmp_path)


def test_grafana_runs_where_it_is_found(tmp_path: Path) -> None:
    """A grafana program brings the component, on the query frontend."""
    program = tmp_path / "grafana" / "bin" / "grafana"
    (tmp_path / "grafana" / "conf").mkdir(parents=True)
    (tmp_path / "grafana" / "conf" / "defaults.ini").touch()
    components = local_components(ESTATE, EXAMPLE, tmp_path, "files", str(program))
    assert components[-1].name == "grafana"
    assert components[-1].needs == ("query-frontend",)


def _mentions(file: File) -> bool:
    return "azurite-key" in repr(replace(file, secret=False))
