"""Ids that must tell rows apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from estate.model import Estate, Subscription, Tenant
from estate.problems import Problem


def identity(estate: Estate) -> Iterator[Problem]:
    """Two tenants or two subscriptions never have one id: what is read of them would be counted twice."""
    yield from _twice("tenant", estate.tenants)
    yield from _twice("subscription", estate.subscriptions)


def _twice(kind: str, rows: Mapping[str, Tenant] | Mapping[str, Subscription]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name, row in rows.items():
        if row.id is None:
            continue
        other = first.setdefault(row.id.lower(), name)
        if other != name:
            yield Problem(
                f"{kind}-id-twice",
                (f"{kind}s", name, "id"),
                f"the {kind}s {other!r} and {name!r} have one id",
                "give each its own, or remove one of them",
            )
