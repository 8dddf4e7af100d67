"""D-22: the file has less than 200 kB."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject

LARGEST = 200_000


def check(subject: Subject) -> Iterator[Found]:
    """A ConfigMap that kubectl applies may hold no more than 256 kB, and a browser has to read it too."""
    dashboard = subject.dashboard
    if dashboard.size > LARGEST:
        message = f"it has {dashboard.size} bytes, more than {LARGEST}"
        yield Found(dashboard.root, "", message, "make two dashboards of it")


RULE = Rule("D-22", "The file has less than 200 kB", check)
