"""The rows under `modules`: what a probe does, without its target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, Field, model_validator

from estate.checks.json_metrics import json_metrics
from estate.model import Estate, JsonExporter, JsonMetric, Row
from estate.names import SecretReference
from estate.problems import Problem
from estate.quantities import Duration
from estate.spelling import refusal, shown
from exporters.probe.targets import NoTarget, allowed

# What every answer has beside the module's metrics, by the names that probes have everywhere.
RESERVED = ("probe_success", "probe_duration_seconds")
_WITHOUT_TARGETS = {
    "azure": "totals become counters, which must go on from one read to the next",
    "estate": "it has no target",
}


def _pattern(value: str) -> str:
    try:
        allowed(value)
    except NoTarget as error:
        message = f"{shown(value) if '@' not in value else 'this'} cannot be allowed: {error}"
        raise refusal("invalid-url", message, "write an address such as https://*.shop.example/api") from None
    return value


class JsonModule(Row):
    """Metrics out of the JSON document that a probe names."""

    kind: Literal["json"]
    """What is probed; the only kind that has targets."""
    targets: Annotated[list[Annotated[str, AfterValidator(_pattern)]], Field(min_length=1)]
    """Addresses that may be probed, and all below them; a host may begin with `*.`."""
    timeout: Duration = "10s"
    """A reply that takes longer counts as failed, also where the scrape has more time."""
    cache: Duration = "10s"
    """How long an outcome is given to others who ask."""
    bearer: SecretReference | None = None
    """Reference to a bearer token that all targets get."""
    metrics: Annotated[list[JsonMetric], Field(min_length=1)]
    """The metrics to take from the document."""

    @model_validator(mode="before")
    @classmethod
    def _has_targets(cls, value: Any) -> Any:
        kind = value.get("kind") if isinstance(value, dict) else None
        if isinstance(kind, str) and kind in _WITHOUT_TARGETS:
            fix = "write it under exporters"
            raise refusal("not-allowed", f"{kind} cannot be probed: {_WITHOUT_TARGETS[kind]}", fix)
        return value


def problems(modules: Mapping[str, JsonModule]) -> Iterator[Problem]:
    """What does not fit together, by key path."""
    rows = {
        name: JsonExporter.model_construct(kind="json", url="", metrics=module.metrics)
        for name, module in modules.items()
    }
    # The estate's own check of such metrics, which stand somewhere else here.
    for each in json_metrics(cast(Any, Estate).model_construct(exporters=rows)):
        yield Problem(each.code, ("modules", *each.path[1:]), each.message, each.fix, each.at_key)
    for name, module in modules.items():
        if module.bearer is not None and module.bearer.startswith("keyvault:"):
            message = f"{module.bearer} is not read by an exporter itself"
            yield Problem("not-allowed", ("modules", name, "bearer"), message, "write env:NAME or file:PATH")
        for index, metric in enumerate(module.metrics):
            if metric.name in RESERVED:
                path = ("modules", name, "metrics", index, "name")
                message = f"{metric.name!r} is a metric of every probe"
                yield Problem("metric-twice", path, message, "give it another name")
