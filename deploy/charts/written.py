"""The files of the chart `exporter` that are written here, each with its text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml
from pydantic.fields import FieldInfo

from deploy.charts import FOLDER
from deploy.charts.content import dashboard, rules
from deploy.charts.schema import CONFIG, schema
from deploy.charts.values import ChartValues, Values

BEGIN, END = "<!-- values -->\n", "<!-- end of values -->\n"
_WIDTH = 110


def files() -> dict[str, str]:
    """Texts by path inside the chart. The page is the one that is there, with its table made anew."""
    name, text = dashboard()
    page = (FOLDER / "exporter" / "README.md").read_text(encoding="utf-8")
    head, rest = page.split(BEGIN)
    return {
        "values.yaml": values(),
        "values.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False) + "\n",
        "rules.yaml": rules(),
        f"dashboards/{name}": text,
        "README.md": head + BEGIN + table() + END + rest.split(END)[1],
    }


def values() -> str:
    """Every value at its default, below a sentence on it."""
    lines = [*_comment(CONFIG, ""), "config: {}"]
    for name, field, default in _fields(ChartValues()):
        lines += ["", *_written(name, field, default, "")]
    return "\n".join(lines) + "\n"


def table() -> str:
    """A line for each value, by its path."""
    rows = [("config", "{}", CONFIG), *_rows(ChartValues(), "")]
    lines = [f"| `{path}` | `{default}` | {_once(about)} |" for path, default, about in rows]
    return "\n".join(["| value | default | meaning |", "|---|---|---|", *lines]) + "\n"


def _rows(of: Values, above: str) -> Iterator[tuple[str, str, str]]:
    for name, field, default in _fields(of):
        if isinstance(default, Values):
            yield from _rows(default, f"{above}{name}.")
        else:
            yield f"{above}{name}", json.dumps(default), field.description or ""


def _fields(of: Values) -> Iterator[tuple[str, FieldInfo, Any]]:
    """Name, field and default of each key, as people write it."""
    for key, field in type(of).model_fields.items():
        yield field.alias or key, field, getattr(of, key)


def _written(name: str, field: FieldInfo, default: Any, indent: str) -> Iterator[str]:
    yield from _comment(field.description or type(default).__doc__ or "", indent)
    if isinstance(default, Values):
        yield f"{indent}{name}:"
        for below in _fields(default):
            yield from _written(*below, f"{indent}  ")
    elif default and isinstance(default, dict):
        yield f"{indent}{name}:"
        text = yaml.safe_dump(default, sort_keys=False, width=_WIDTH)
        yield from (f"{indent}  {line}" for line in text.splitlines())
    else:
        yield f"{indent}{name}: {json.dumps(default)}"


def _comment(text: str, indent: str) -> Iterator[str]:
    line = f"{indent}#"
    for word in text.split():
        if len(line) + len(word) >= _WIDTH:
            yield line
            line = f"{indent}#"
        line += f" {word}"
    yield line


def _once(text: str) -> str:
    """A sentence in one line of a table."""
    return " ".join(text.split()).replace("|", "\\|")
