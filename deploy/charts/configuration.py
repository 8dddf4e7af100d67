"""The exporter's configuration file as JSON Schema, in the form in which Helm says best what is wrong.

Helm validates with https://github.com/santhosh-tekuri/jsonschema, whose regular expressions are Go's, and
prints every branch of a union that failed. So a row is validated by the branch of its `kind` alone, keys
that are left out to mean nothing may not be null, and a secret is never compared with what would be printed.
"""

from __future__ import annotations

from typing import Any

from estate.model import ExporterRow
from estate.names import KEYVAULT_PATTERN
from exporters.configuration.config import Config

Schema = dict[str, Any]
# Rows of an estate, and their keys that mean something only there: the exporter refuses them too.
_ROWS = {row.__name__ for row in ExporterRow.__subclasses__()}
_ESTATE_ONLY = ("clusters", "shards")
# What Go's expressions cannot say, in words that they can.
_WITHOUT_LOOKING_AHEAD = {
    r"^(?=.)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$": r"^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$",
    "^((?!__)[a-zA-Z_][a-zA-Z0-9_]*)$": "^(_?[a-zA-Z][a-zA-Z0-9_]*|_[0-9][a-zA-Z0-9_]*|_)$",
}
# How the pattern of a reference to a secret begins, alone or beside words.
_REFERENCE = "env:[A-Za-z_][A-Za-z0-9_]*|file:.+"
REFERENCE = "env:NAME or file:PATH, and never the secret itself"


def configuration() -> tuple[Schema, dict[str, Schema]]:
    """The schema of `config` in the chart's values, and the definitions that it refers to.

    `apiVersion` and `name` may be left out, and so may all of it where a ConfigMap is named instead.
    """
    document = Config.model_json_schema(by_alias=True)
    definitions: dict[str, Schema] = {
        name: _plain(_in_process(schema) if name in _ROWS else schema)
        for name, schema in document.pop("$defs").items()
    }
    document.pop("required")
    return _plain(document), definitions


def _in_process(schema: Schema) -> Schema:
    """A row without the keys that only an estate gives a meaning."""
    keys = {key: value for key, value in schema["properties"].items() if key not in _ESTATE_ONLY}
    if "scope" not in keys:
        return {**schema, "properties": keys}
    listed = next(each for each in keys["scope"]["oneOf"] if each.get("type") == "array")
    keys["scope"] = {"description": "Subscriptions to read, by name.", **listed}
    return {**schema, "properties": keys, "required": [*schema["required"], "scope"]}


def _plain(node: Any) -> Any:
    """A schema and all below it in Helm's form."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    # Titles are the keys once more.
    node = {key: _plain(value) for key, value in node.items() if (key, type(value)) != ("title", str)}
    if "anyOf" in node:
        (only,) = (each for each in node["anyOf"] if each != {"type": "null"})
        node = {key: value for key, value in node.items() if key not in ("anyOf", "default")} | only
    if "discriminator" in node:
        node = _by_kind(node)
    if isinstance(node.get("pattern"), str):
        node = _spelt(node)
    if "patternProperties" in node:
        names = {_ahead(name): each for name, each in node["patternProperties"].items()}
        node = {**node, "patternProperties": names, "additionalProperties": False}
    return node


def _by_kind(node: Schema) -> Schema:
    kinds: dict[str, str] = node["discriminator"]["mapping"]
    # One within the other: side by side they would fail as a whole, which is one more line to read.
    chosen: Schema = {}
    for kind, reference in reversed(kinds.items()):
        said = {"required": ["kind"], "properties": {"kind": {"const": kind}}}
        chosen = {"if": said, "then": {"$ref": reference}, **({"else": chosen} if chosen else {})}
    return {
        **{key: value for key, value in node.items() if key not in ("discriminator", "oneOf")},
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(kinds)}},
        **chosen,
    }


def _spelt(node: Schema) -> Schema:
    pattern = node["pattern"]
    if _REFERENCE not in pattern:
        return {**node, "pattern": _ahead(pattern), **({"minLength": 1} if "(?=.)" in pattern else {})}
    # Of a pattern that is not met the value is shown, of a constant the constant.
    rest = {key: value for key, value in node.items() if key not in ("pattern", "maxLength")}
    words = [word for word in ("workload", "cli") if f"{word}|" in pattern]
    wanted = ", ".join([*words, REFERENCE])
    return {**rest, "if": {"pattern": pattern.replace(f"|{KEYVAULT_PATTERN}", "")}, "else": {"const": wanted}}


def _ahead(pattern: str) -> str:
    found = _WITHOUT_LOOKING_AHEAD.get(pattern, pattern)
    if "(?=" in found or "(?!" in found:
        raise ValueError(f"{found} looks ahead, which Helm cannot")
    return found
