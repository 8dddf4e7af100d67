"""docs/simulators.md holds everything that a user can write or call."""

from __future__ import annotations

import json
import re
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from simulators.azure import admin, fleet
from simulators.azure.faults import Api, Fault, Kind
from simulators.azure.fleetfile import parse
from simulators.shop import DAY, EPOCH, summary

PAGE = (Path(__file__).parents[2] / "docs" / "simulators.md").read_text()
WORDS = set(re.findall(r"`/?([A-Za-z_-]+)`", PAGE))
MODELS = [
    one
    for one in vars(fleet).values()
    if isinstance(one, type) and issubclass(one, fleet.Row) and one is not fleet.Row
]


@pytest.mark.parametrize("model", [*MODELS, Fault], ids=lambda model: model.__name__)
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    """Every key of a fleet file and of a fault is on the page."""
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert keys - WORDS == set()


def test_every_fault_and_api_is_explained() -> None:
    """Every kind of fault and every API that a fault can name."""
    assert set(typing.get_args(Kind)) - WORDS == set()
    assert set(typing.get_args(Api)) - WORDS == set()


def test_every_door_is_explained() -> None:
    """Every request of the side door, and none that is not there."""
    shown = {tuple(line.split()) for line in re.findall(r"^\| `([A-Z]+ /sim/\S+)` \|", PAGE, re.MULTILINE)}
    assert shown == set(admin.HANDLERS)


def test_example_of_the_page_is_a_fleet() -> None:
    """The fleet file on the page can be used as it stands."""
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(parse(example, "page").subscriptions["shop"].resources) == 2


def test_example_of_the_shop_is_true() -> None:
    """The document on the page is a part of what the shop says."""
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    shown, said = json.loads(example), summary(EPOCH + 100 * DAY)
    assert shown["regions"] == said["regions"][:1]
    assert shown["stock"] == said["stock"][:1]
