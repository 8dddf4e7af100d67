"""Walks every recorded request past the simulator and compares the replies: both sides must agree.

Compared are the status, the form (every field, its place and its kind of value), chosen values, chosen
headers, and the words of errors with what varies taken out.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from simulators.azure.replies import Reply
from tests.simulators import recorded_arm, recorded_metrics
from tests.simulators.talk import Talk, document
from tests.simulators.walking import ZERO, Left, Walk, text

DATA = Path(__file__).parents[1] / "data" / "azure"
FOLDERS = (
    "arm",
    "entra",
    "metric-definitions",
    "metrics",
    "metrics-getbatch",
    "metrics-subscription",
    "resource-graph",
)
RECORDINGS = {**recorded_arm.RECORDINGS, **recorded_metrics.RECORDINGS}
WALKED = [name for name, one in RECORDINGS.items() if isinstance(one, Walk)]


def form(value: Any, at: str = "") -> dict[str, set[str]]:
    """Every field of a document by its path, with the kinds of value found there."""
    found: dict[str, set[str]] = {}
    if isinstance(value, dict):
        for key, one in value.items():
            path = f"{at}.{key}" if at else key
            found.setdefault(path, set()).add(kind(one))
            merge(found, form(one, path))
    elif isinstance(value, list):
        for one in value:
            if not isinstance(one, dict | list):
                found.setdefault(f"{at}[]", set()).add(kind(one))
            merge(found, form(one, f"{at}[]"))
    return found


def merge(into: dict[str, set[str]], more: dict[str, set[str]]) -> None:
    """Add what another document has."""
    for path, kinds in more.items():
        into.setdefault(path, set()).update(kinds)


def kind(value: Any) -> str:
    """The JSON kind of a value; whole and broken numbers are one kind."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    return {int: "number", float: "number", str: "string", dict: "object", list: "array"}[type(value)]


def values(value: Any, path: str) -> list[Any]:
    """The values at a path such as `value[].name.value`, in order."""
    here = [value]
    for step in path.split("."):
        name, lists = step.rstrip("[]"), step.count("[]")
        here = [one[name] for one in here if isinstance(one, dict) and name in one]
        for _ in range(lists):
            here = [one for several in here for one in several]
    return here


def plain(message: str) -> str:
    """An error's words without what varies: ids, times, numbers, and lists that follow the tables."""
    message = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", "ID", message)
    message = re.sub(r"Valid metrics: .*", "Valid metrics: LIST", message)
    message = re.sub(r"Metric: (In|E)gress", "Metric: ONE", message)
    message = re.sub(r"action '[^']*' over scope '[^']*'", "action 'A' over scope 'S'", message)
    message = re.sub(r"Metric:.*, SamplingType", "Metric:ONE, SamplingType", message)
    return re.sub(r"\d[\d/:]*( [AP]M)?", "N", message)


def messages(body: Any) -> list[str]:
    """The words of a document that is an error."""
    found = [*values(body, "error.message"), *values(body, "message"), *values(body, "error_description")]
    found += values(body, "value[].errorMessage")
    return [plain(one) for one in found if isinstance(one, str)]


def asked(walk: Walk, request: dict[str, Any]) -> Reply:
    """The simulator's reply to a recorded request."""
    talk = Talk(text(walk.fleet))
    token = walk.prepare(talk)
    url = replaced(walk.url or request["url"], walk)
    body = walk.body if walk.body is not None else request.get("body")
    if isinstance(body, str):
        body = body.encode()
    principal = next(iter(talk.world.principals))
    audience = (
        "https://metrics.monitor.azure.com" if "metrics.monitor" in url else "https://management.azure.com"
    )
    return talk.ask(request["method"], url, body, token or talk.token(audience, ZERO, principal))


def media(header: str) -> str:
    """A header's value without a character set, which recordings of one API have and lack."""
    return header.removesuffix("; charset=utf-8")


def replaced(content: str, walk: Walk) -> str:
    """A text with what this walk replaces."""
    for old, new in walk.replace.items():
        content = content.replace(old, new)
    return content


@pytest.mark.parametrize("name", WALKED)
def test_both_sides_agree(name: str) -> None:
    """Status, form, values, headers and words of a recorded reply and of the simulator's."""
    walk = RECORDINGS[name]
    assert isinstance(walk, Walk)
    recording = json.loads(replaced((DATA / name).read_text(), walk))
    reply = asked(walk, recording["request"])
    theirs, ours = recording["response"]["body"], document(reply)
    assert reply.status == recording["response"]["status"], ours
    their_form, our_form = form(theirs), form(ours)
    # startswith(()) is never true: without `lacks` every field of the recording must be there.
    assert {path for path in their_form if path not in our_form and not path.startswith(walk.lacks)} == set()
    assert {path for path in our_form if path not in their_form and path not in walk.adds} == set()
    for path in their_form.keys() & our_form.keys():
        assert our_form[path] == their_form[path], path
    for path in walk.same:
        expected = values(theirs, path)
        assert expected, path
        assert values(ours, path)[: len(expected)] == expected, path
    assert messages(ours) == messages(theirs)
    sent = {**reply.headers, "content-type": reply.content_type}
    for header in walk.headers:
        assert media(sent[header]) == media(recording["response"]["headers"][header]), header


def test_every_recording_is_walked_or_left_with_a_reason() -> None:
    """No recording is forgotten, and none is listed that is not there."""
    there = {f"{folder}/{path.name}" for folder in FOLDERS for path in (DATA / folder).glob("*.json")}
    assert set(RECORDINGS) == there
    assert all(one.reason for one in RECORDINGS.values() if isinstance(one, Left))


def test_every_change_is_said() -> None:
    """A walk that replaces the URL, the body or a text says why."""
    silent = [
        name
        for name, one in RECORDINGS.items()
        if isinstance(one, Walk) and (one.url or one.body is not None or one.replace) and not one.changed
    ]
    assert silent == []


def test_comparison_can_fail() -> None:
    """The form tells a missing field, another kind of value and another nesting apart."""
    assert form({"a": [{"b": 1}]}) == {"a": {"array"}, "a[].b": {"number"}}
    assert form({"a": [{"b": "1"}]}) != form({"a": [{"b": 1}]})
    assert form({"a": {"b": 1}}) != form({"a": [{"b": 1}]})
    assert values({"a": [{"b": [{"c": 1}, {"c": 2}]}]}, "a[].b[].c") == [1, 2]
