"""`singlepane alerts explain`: what an alert means, and why it would fire."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from alerts.explain import EVALUATED, Explained, Read, explained, why_not
from alerts.rules import named
from catalogue.shipped import shipped
from deploy.cluster_wiring import rule_files
from estate.errors import UsageError
from estate.load import load
from estate.suggest import nearest
from singlepane import output
from singlepane.which import EstateOption, estate_file

_NEEDED = "It cannot fire without:"
_OTHERS = "It looks at these too; one or another may be missing:"


def explain(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="Its name, as `alerts list` shows it.")],
    estate: EstateOption = None,
    form: output.FormatOption = output.Format.text,
) -> None:
    """Explain an alert of an estate: what it says, its expression with the estate's thresholds, who evaluates
    it, which exporters its metrics come from, who is told now, what holds it back, where to go on, and what
    it was tried with.

    Examples: `singlepane alerts explain TargetDown`, `singlepane alerts explain VolumeFull -o json`
    """
    given = load(estate_file(estate)).estate
    files = rule_files(given)
    found = list(explained(alert, files, given, shipped(), datetime.now(UTC)))
    if not found:
        if reason := why_not(alert, given):
            raise UsageError(f"this estate has no alert {alert}: {reason}", "docs/alerts.md lists all.")
        remedy = nearest(alert, named(files), "The estate has")
        raise UsageError(f"there is no alert {alert!r}", remedy)
    if form is output.Format.json:
        output.document({"alerts": [each.document() for each in found]})
        return
    output.content("\n".join(line for each in found for line in _lines(each)))


def _lines(found: Explained) -> Iterator[str]:
    yield f"{found.alert} ({found.file})"
    yield found.annotations["summary"]
    yield found.annotations["description"]
    yield ""
    labels = ", ".join(f"{name}={value}" for name, value in found.labels.items())
    yield f"labels     {labels}"
    yield f"evaluated  by {EVALUATED[found.scope]}"
    yield f"waits      {found.waits or 'not at all'}"
    for each in found.thresholds:
        changed = "" if each.value == each.default else f" (unless said, {each.default})"
        yield f"threshold  alerts.thresholds.{each.key}: {each.value}{changed}"
    yield f"runbook    {found.annotations['runbook_url']}"
    # What follows is the time of the firing, in the language of templates.
    dashboard = found.annotations["dashboard_url"].partition("{{ with query")[0]
    yield f"dashboard  {dashboard}"
    yield from ("", "It fires where this has a result:", "")
    yield from (f"  {line}" for line in found.expr.splitlines())
    for title, needed in ((_NEEDED, True), (_OTHERS, False)):
        if reads := [_read(each) for each in found.reads if each.needed is needed]:
            yield from ("", title, "", *(f"  {row}" for row in reads))
    yield from ("", "Told now, unless it is held back:", "")
    for told in found.told:
        later = "" if told.now else f", once the hours {told.hours!r} begin"
        held = f", held back by the maintenance {', '.join(told.held)}" if told.held else ""
        yield f"  {told.receiver}, by {told.why}{later}{held}"
    for title, rows in (("Held back by:", found.held_back), ("Holds back:", found.holds_back)):
        if rows:
            yield from ("", title, "", *(f"  {row}" for row in rows))
    yield from _trials(found)
    yield ""


def _read(each: Read) -> str:
    if not each.of:
        return f"{each.metric}, which the catalogue does not know"
    kind = f" ({each.type})" if each.type else ""
    return f"{each.metric}{kind} of {', '.join(each.of)}"


def _trials(found: Explained) -> Iterator[str]:
    trials = found.trials
    if trials is None:
        return
    yield from ("", "Tried by Prometheus' own engine:", "")
    so_far = f" that became true within {trials.seconds} s" if trials.seconds else ""
    yield f"  it fires after {found.waits or '0s'} of an expression{so_far}, not an evaluation sooner"
    yield "  it ends when all is well"
    yield "  of two clusters it names the one that is hurt"
    if trials.apart:
        yield f"  it tells apart what differs in {', '.join(trials.apart)} alone"
    yield from (f"  it fires as well: {each}" for each in trials.fires)
    yield from (f"  it stays silent: {each}" for each in trials.silent)
