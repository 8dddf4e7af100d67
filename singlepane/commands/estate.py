"""`singlepane estate`: what an estate file may say."""

from __future__ import annotations

from typing import Annotated

import typer

from estate.explain import Explanation
from estate.explain import explain as find
from estate.schema import schema as json_schema
from singlepane import output

app = typer.Typer(
    help="What an estate file may say: its keys, and a schema for editors.", no_args_is_help=True
)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the estate file, for editors that complete and check while you type.

    Example: `singlepane estate schema > estate.schema.json`, and as first line of the estate
    `# yaml-language-server: $schema=estate.schema.json`
    """
    output.document(json_schema())


@app.command()
def explain(
    path: Annotated[
        str, typer.Argument(help="Keys joined by dots; `*` for any name.", metavar="[PATH]")
    ] = "",
    form: output.FormatOption = output.Format.text,
) -> None:
    """Explain one key of the estate file: what it is for, its type, default, legal values and the keys below.

    Without PATH, explain the file as a whole.

    Examples: `singlepane estate explain metrics.store`,
    `singlepane estate explain 'clusters.*.prometheus.retention'`
    """
    rows = find(path)
    if form is output.Format.json:
        output.document({"explanations": [row.document() for row in rows]})
        return
    for index, row in enumerate(rows):
        if index:
            output.console.print()
        _print(row)


def _print(row: Explanation) -> None:
    where = f" ({row.where})" if row.where else ""
    facts = [("type", row.type), ("legal", row.rule), ("default", row.default)]
    if row.path:
        facts.append(("required", "yes" if row.required else "no"))
    output.console.print(f"{row.path or 'the estate file'}{where}", style="bold", markup=False)
    if row.docs:
        output.console.print(row.docs, markup=False)
    output.console.print()
    for name, value in facts:
        if value:
            output.console.print(f"{name:<10}{value}", markup=False)
    if row.keys:
        output.console.print()
        output.table("", ("key", "type", "default", "what it is"), row.keys)
