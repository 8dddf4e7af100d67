"""Contexts: which cluster of a kubeconfig a row means.

Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
"""

from __future__ import annotations

from collections.abc import Iterator

from estate.model import Estate
from estate.problems import Problem


def contexts(estate: Estate) -> Iterator[Problem]:
    """No two rows lead to one namespace of one cluster: the second would replace what the first has there."""
    first: dict[tuple[str, str, str], str] = {}
    for name, row in estate.clusters.items():
        reached = row.kubernetes
        context = reached.context or name
        other = first.setdefault((reached.kubeconfig, context, reached.namespace), name)
        if other != name:
            yield Problem(
                "context-twice",
                ("clusters", name, "kubernetes", "context"),
                f"{other!r} and {name!r} are both namespace {reached.namespace} of the context {context!r}",
                "give each row the context of its own cluster",
            )
