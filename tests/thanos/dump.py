"""Components as readable text: references as `${address:query/http}`, so that a golden file shows wiring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import yaml

from estate.components import (
    Address,
    Component,
    DataPath,
    Engine,
    FilePath,
    Issued,
    Later,
    Listen,
    ListenHost,
    PortNumber,
    Reference,
    SecretValue,
    Text,
)


def readable(value: Any) -> Any:
    """A template, or a document with templates at its leaves, with every reference spelt out."""
    if isinstance(value, Text):
        return "".join(part if isinstance(part, str) else _reference(part) for part in value.parts)
    if isinstance(value, Mapping):
        return {key: readable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [readable(each) for each in value]
    return value


def document(components: Iterable[Component]) -> str:
    """All components as one YAML document, by name; what is at its default is left out."""
    return yaml.safe_dump(
        {each.name: _document(each) for each in components}, sort_keys=False, width=110, allow_unicode=True
    )


def _document(component: Component) -> dict[str, Any]:
    command = component.command
    rows: dict[str, Any] = {
        "kind": component.kind,
        "cluster": component.cluster,
        "replica": component.replica,
        "engine": command.name if isinstance(command, Engine) else "singlepane",
        "arguments": readable(component.arguments),
        "environment": readable(component.environment),
        "ports": dict(component.ports),
        "ready": asdict(component.ready) if component.ready else None,
        "metrics": list(component.metrics) if component.metrics else None,
        "files": {each.path: readable(each.content) for each in component.files if not each.secret},
        "secret files": {each.path: readable(each.content) for each in component.files if each.secret},
        "storage": component.storage,
        "needs": list(component.needs),
        "resources": asdict(component.resources),
        "identity": component.identity,
        "stop_seconds": component.stop_seconds,
        "note": component.note,
        "later": _later(component.later) if component.later else None,
        "deaf": asdict(component.deaf) if component.deaf else None,
    }
    return {key: value for key, value in rows.items() if value not in (None, "", {}, [])}


def _later(later: Later) -> dict[str, Any]:
    return {"when": asdict(later.when), "arguments": readable(later.arguments), "note": later.note}


def _reference(reference: Reference) -> str:
    match reference:
        case Address(component, port):
            return f"${{address:{component}/{port}}}"
        case Listen(port):
            return f"${{listen:{port}}}"
        case PortNumber(port):
            return f"${{port:{port}}}"
        case ListenHost():
            return "${host}"
        case FilePath(file, component):
            return f"${{file:{component}{'/' * bool(component)}{file}}}"
        case DataPath(component, below):
            return f"${{data:{component}{'/' * bool(below)}{below}}}"
        case SecretValue(secret):
            return f"${{secret:{secret}}}"
        case Issued(part):
            return f"${{issued:{part}}}"
