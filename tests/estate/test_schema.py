"""The JSON Schema that editors use agrees with what the loader accepts."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from estate.codes import CODES
from estate.schema import schema
from tests.estate.bad import FILES, FOLDER, found
from tests.estate.fuzz import EXAMPLE, SMALL
from tests.estate.generate import estate

VALIDATOR = Draft202012Validator(schema())
# What one value or key alone shows; the rest needs other rows, other files, or more than JSON Schema can say.
SHAPE = {
    "unknown-key",
    "reserved",
    "not-allowed",
    "out-of-range",
    "empty",
    "wrong-type",
    "unquoted",
    "missing-key",
} | {code for code in CODES if code.startswith("invalid-")}


def errors(document: Any) -> list[str]:
    """What the schema has against a document."""
    return [error.message for error in VALIDATOR.iter_errors(document)]


def test_schema_is_one() -> None:
    """It holds to the dialect that it names."""
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize(
    "text", [EXAMPLE.read_text(), SMALL.read_text(), estate(20)], ids=["shop", "small", "20"]
)
def test_valid_estates_are_accepted(text: str) -> None:
    """What the loader takes, an editor does not underline."""
    assert errors(yaml.safe_load(text)) == []


def test_estates_with_warnings_alone_are_accepted() -> None:
    """Warnings are beyond the schema."""
    files = [file for file in FILES if all(row.severity == "warning" for row in found(file.name))]
    assert len(files) > 5
    for file in files:
        assert errors(yaml.safe_load(file.read_bytes())) == [], file.name


def test_wrong_shapes_are_refused() -> None:
    """A wrong key or value that the loader refuses is underlined in the editor as well."""
    checked = 0
    for file in FILES:
        codes = {row.code for row in found(file.name)}
        if codes & SHAPE and not file.name.startswith(("yaml-", "include-", "file-")):
            checked += 1
            refused = bool(errors(yaml.safe_load(file.read_text())))
            # Only some of the missing keys may come from elsewhere.
            assert refused or codes <= {"missing-key"}, file.name
    assert checked > 30


def test_parts_and_defaults_may_be_incomplete() -> None:
    """A file that is included needs nothing, and a cluster's keys may come from `defaults`."""
    assert errors(yaml.safe_load((FOLDER / "parts" / "both.yaml").read_text())) == []
    assert errors({"clusters": {"prod-weu": {"subscription": "prod"}}}) == []
    assert errors({"apiVersion": "singlepane/v1", "include": ["rest.yaml"]}) == []
    assert errors({"apiVersion": "singlepane/v1", "name": "shop"}) != []
    assert errors({"defaults": {"cluster": {"regoin": "westeurope"}}}) != []


def test_every_key_has_a_description() -> None:
    """An editor shows a sentence on each key."""
    document = schema()
    bare = [
        f"{name}.{key}"
        for name, row in document["$defs"].items()
        for key, value in row.get("properties", {}).items()
        if not {"description", "$ref"} & set(value) and key != "kind"
    ]
    assert bare == []
