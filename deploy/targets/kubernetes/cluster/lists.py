"""Lists of objects, in pages, each row saying what it is.

A plan and the findings beside it ask for them in the same words, so that a `Moment` answers the second.
"""

from __future__ import annotations

from typing import Any

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.paths import collection
from deploy.targets.kubernetes.objects.names import SELECTOR

# Objects of one reply: pods of a large cluster are some ten megabytes.
PAGE = 500
OPERATOR, OPERATED = "monitoring.coreos.com/v1", ("Prometheus", "Alertmanager")


def listed(api: Api, version: str, kind: str, namespace: str | None, **query: str) -> tuple[Any, ...]:
    """All objects of a kind, in a namespace or of the whole cluster. Raises ClusterError."""
    path, found, more = collection(version, kind, namespace), list[Any](), ""
    while True:
        asked = {"limit": str(PAGE), **query, **({"continue": more} if more else {})}
        page = api.get(path, **asked)
        for each in page["items"] or ():
            # Rows of a list do not say what they are.
            each |= {"apiVersion": version, "kind": kind}
            found.append(each)
        more = page["metadata"].get("continue", "")
        if not more:
            return tuple(found)


def ours(api: Api, version: str, kind: str, namespace: str | None) -> tuple[Any, ...]:
    """Those with our labels; of what the operator runs all, for an installed stack's has not got them."""
    query = {} if kind in OPERATED else {"labelSelector": SELECTOR}
    return listed(api, version, kind, namespace, **query)
