"""The rules of an estate as the texts of files, by who evaluates them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from alerts.lint.carried import with_exceptions
from deploy.targets.kubernetes.objects.canonical import document
from estate.components import RuleFile

# Folders by who evaluates what is in them.
PLACES: Mapping[str, str] = {"cluster": "prometheus", "hub": "prometheus-of-hub", "global": "thanos-rule"}


def built(
    rules: Iterable[RuleFile], objects: bool = False, labels: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    """Path and text of each, with the comments that except rules from the lint; as PrometheusRule objects
    with these labels, if wanted.
    """
    for each in rules:
        content: Mapping[str, Any] = each.document
        if objects:
            metadata = {"name": f"singlepane-{each.name}", **({"labels": labels} if labels else {})}
            head = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule"}
            content = {**head, "metadata": metadata, "spec": content}
        yield f"{PLACES[each.scope]}/{each.name}.yaml", with_exceptions(document(content), each.name)
