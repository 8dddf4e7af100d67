"""Tests for `promtool test rules` out of cases: that an alert fires, does not fire, recovers, and that of two
clusters it names the right one.

Each limit is met as closely as an evaluation allows: one before `for` is over it does not fire yet, one after
the end it fires no more.

Contract: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alerts.trials.cases import Case, Recorded, Values, labels
from alerts.trials.values import Phase, series
from estate.quantities import seconds

# Two clusters, of which one is well. A series without the label `cluster` gets one.
HURT, WELL = "prod-weu", "prod-neu"
_CLUSTERS = ("cluster", "expected_cluster")
# Evaluations after the last that matters.
_TAIL = 5
Test = Mapping[str, Any]


def document(rule_file: str, rule: Mapping[str, Any], case: Case | Recorded) -> Mapping[str, Any]:
    """The file for promtool that tries one rule of `rule_file`. Raises ValueError when the case cannot."""
    if isinstance(case, Recorded):
        tests: tuple[Test, ...] = (_recorded(rule["record"], case),)
    else:
        tests = tuple(_tests(rule, case))
    return {
        "rule_files": [rule_file],
        "evaluation_interval": f"{case.interval}s",
        "tests": [{**test, "interval": f"{case.interval}s"} for test in tests],
    }


def fires_at(rule: Mapping[str, Any], case: Case) -> int:
    """Seconds at which the alert fires first."""
    return case.lead + case.after + _for(rule)


def firing(
    rule: Mapping[str, Any], case: Case, variant: Mapping[str, Values] | None = None
) -> list[Mapping[str, str]]:
    """The series of a case that is well for `lead`, and then bad; with those that are well beside."""
    lead, end = case.lead // case.interval, fires_at(rule, case) // case.interval + _TAIL
    rows = _rows(case.series, variant or {}, case.interval, (("good", lead), ("bad", end - lead)))
    twins = [twin for label in case.apart for twin in _twin(case, label, end)]
    return [*rows, *twins]


def _tests(rule: Mapping[str, Any], case: Case) -> Iterator[Test]:
    name, step = rule["alert"], case.interval
    waits, fire = _for(rule), fires_at(rule, case)
    for time in (waits, case.lead, case.after, case.until):
        if time % step:
            raise ValueError(f"{name}: {time}s is no multiple of the interval of its case")
    lead, end = case.lead // step, fire // step + _TAIL
    alerts = f'ALERTS{{alertname="{name}", alertstate="firing"}}'
    one = _sample(name, case.expects)

    yield _test(f"fires after {waits}s", firing(rule, case), (alerts, fire - step, []), (alerts, fire, [one]))
    for variant, values in case.also.items():
        yield _test(
            f"fires: {variant}", firing(rule, case, values), (f"count({alerts})", fire, [{"value": 1}])
        )

    ever = f'count_over_time(ALERTS{{alertname="{name}"}}[{end * step}s])'
    # The last evaluation is at `end`, and has a sample of its own.
    well = _rows(case.series, {}, step, (("good", end + 1),))
    yield _test("does not fire while all is well", well, (ever, end * step, []))
    # Beside a cluster that is hurt: what is nearly so in another one must not borrow the rest from it.
    told = f"group by (cluster) ({ever})"
    one_cluster = [{"labels": f'{{cluster="{HURT}"}}', "value": 1}]
    for variant, values in case.near.items():
        phases = (("good", lead), ("bad", end + 1 - lead))
        near = {selector: values.get(selector, own) for selector, own in case.series.items()}
        rows = [
            *_rows(_in(case.series, HURT), {}, step, phases),
            *_rows(_in(near, WELL), {}, step, phases),
        ]
        yield _test(f"does not fire: {variant}", rows, (told, end * step, one_cluster))
    short = (waits + case.after - case.until) // step
    if waits and short > 0:
        rows = _rows(case.series, {}, step, (("good", lead), ("bad", short), ("good", end)))
        fired = f"count_over_time({alerts}[{end * step}s])"
        yield _test("does not fire when it is over just before", rows, (fired, end * step, []))

    bad = fire // step - lead + _TAIL
    over = (lead + bad) * step + case.until
    rows = _rows(case.series, {}, step, (("good", lead), ("bad", bad), ("good", over // step + _TAIL)))
    waiting = f'ALERTS{{alertname="{name}"}}'
    yield _test("recovers", rows, (f"count({alerts})", over - step, [{"value": 1}]), (waiting, over, []))

    rows = [
        *_rows(_in(case.series, HURT), {}, step, (("good", lead), ("bad", end))),
        *_rows(_in(case.series, WELL), {}, step, (("good", lead + end),)),
    ]
    which = (f"count by (cluster) ({alerts})", fire, one_cluster)
    yield _test("two clusters, and only the one that is hurt fires", rows, which)


def _recorded(name: str, case: Recorded) -> Test:
    samples = case.at // case.interval + _TAIL
    rows = [
        {"series": selector, "values": series((Phase(value, samples),), case.interval)}
        for selector, value in case.series.items()
    ]
    # Figures are computed: their last digits are nobody's business.
    gives = [{"labels": labels, "value": round(1e6 * value)} for labels, value in case.gives.items()]
    return _test("records", rows, (f'round(1e6 * {{__name__="{name}"}})', case.at, gives))


def _test(name: str, rows: Sequence[Mapping[str, str]], *expected: tuple[str, int, list[Any]]) -> Test:
    # promtool prints the expression that it does not agree with, and not always the name of the test.
    checks = [
        {"expr": f"{expr} # {name}", "eval_time": f"{at}s", "exp_samples": samples}
        for expr, at, samples in expected
    ]
    return {"name": name, "input_series": rows, "promql_expr_test": checks}


def _sample(name: str, expects: Mapping[str, str]) -> Mapping[str, Any]:
    found = {"alertname": name, "alertstate": "firing", "team": "platform", **expects}
    return {"labels": _written("ALERTS", found), "value": 1}


def _rows(
    of: Mapping[str, Values],
    overrides: Mapping[str, Values],
    step: int,
    phases: tuple[tuple[str, int], ...],
) -> list[Mapping[str, str]]:
    rows: list[Mapping[str, str]] = []
    for selector, values in of.items():
        own = overrides.get(selector, values)
        at = {"good": own.good, "bad": own.bad}
        parts = [Phase(at[state], samples) for state, samples in phases if samples]
        rows.append({"series": selector, "values": series(parts, step)})
    return rows


def _twin(case: Case, label: str, samples: int) -> list[Mapping[str, str]]:
    """All series with this label once more, with another value of it and all well."""
    others = {
        _written(_name(selector), {**labels(selector), label: f"{labels(selector)[label]}-other"}): values
        for selector, values in case.series.items()
        if labels(selector).get(label)
    }
    return _rows(others, {}, case.interval, (("good", samples),))


def _in(of: Mapping[str, Values], cluster: str) -> Mapping[str, Values]:
    """The series as those of a cluster; those that name it already name this one in its place."""
    found = {}
    for selector, values in of.items():
        own = labels(selector)
        told = any(label in own for label in _CLUSTERS)
        # Also inside of other labels, such as a connection's labels of what is behind it.
        named = {
            label: value.replace(HURT, cluster) for label, value in own.items() if told and HURT in value
        }
        bare = {} if told else {"cluster": cluster}
        found[_written(_name(selector), {**own, **bare, **named})] = values
    return found


def _name(selector: str) -> str:
    return selector.partition("{")[0]


def _written(name: str, own: Mapping[str, str]) -> str:
    return f"{name}{{{', '.join(f'{label}={_quoted(value)}' for label, value in own.items())}}}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _for(rule: Mapping[str, Any]) -> int:
    return seconds(rule["for"]) if "for" in rule else 0
