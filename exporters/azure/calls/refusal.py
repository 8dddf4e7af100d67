"""What a refusal is about: the type or region as such, one of several ids, or the call. Pure."""

from __future__ import annotations

import re
from typing import Literal

from exporters.azure.errors import AzureError, Throttled

NO_SUCH_HOST = "NoSuchHost"
# What one id can cause. 500 is what the service answers where it trips over a resource; 504 and a reply
# that is too large shrink with the batch.
_SPLIT_STATUS = frozenset({400, 404, 413, 500, 504})
# Each names the metric that it is about, in one call of several.
_OF_A_METRIC: tuple[tuple[Literal["missing", "dimension"], re.Pattern[str]], ...] = (
    (
        "missing",
        re.compile(r"failed to find metric configuration for .*?, metric: (.+?)(?:, valid metrics: |$)"),
    ),
    ("dimension", re.compile(r"metric: (.+?) does not accept zero dimension case")),
    ("dimension", re.compile(r"metric: (.+?) does not support requested dimension")),
)
# These are said of the metrics and not of an id: smaller batches would hear the same.
_NOT_OF_AN_ID = (
    "failed to find metric configuration",
    "does not support requested dimension",
    "does not accept zero dimension",
    "detected invalid",
    "invalid aggregation",
)
# Each says that the API does not take this type, namespace or region at all, whichever the ids are.
_NOT_SUPPORTED = (
    "is not supported by the batch api",
    "not enabled for cross resource metrics",
    "is not a supported platform metric namespace",
    "does not support metrics at subscription scope",
    "not supported at subscription",
    "not supported for multi-resource",
    "unsupported resource type",
    "resource type is not supported",
    "namespace is not supported",
    "region is not supported",
)
_NOT_SUPPORTED_CODES = frozenset(
    {"unsupportedmetricnamespace", "unsupportedresourcetype", "resourcetypenotsupported"}
    | {
        "notsupported",
        "notimplemented",
        "invalidresourcetype",
        "noregisteredproviderfound",
        "regionnotsupported",
    }
)


def of_type(error: AzureError) -> bool:
    """Whether Azure said that this API does not take the type, namespace or region, not that an id is bad.

    A host that does not exist counts: not every region has its own. A 401 or 403 never does, nor a 404 by
    itself: that is what a deleted resource gets.
    """
    if error.code == NO_SUCH_HOST:
        return error.api == "batch"
    if isinstance(error, Throttled) or error.status not in (400, 404, 405, 409, 501):
        return False
    if error.status in (405, 501) or error.code.lower() in _NOT_SUPPORTED_CODES:
        return True
    message = str(error).lower()
    return any(each in message for each in _NOT_SUPPORTED)


def of_a_metric(error: AzureError) -> tuple[str, Literal["missing", "dimension"]] | None:
    """The metric that a refusal names, in lower case, and why: there is none of this name, or it is not to be
    split so. None where it names none.
    """
    if error.status != 400:
        return None
    message = str(error).lower()
    for why, words in _OF_A_METRIC:
        found = words.search(message)
        if found:
            return found[1], why
    return None


def unexplained(error: AzureError) -> bool:
    """Whether Azure refused a call and did not say in known words what of it."""
    if error.status != 400 or isinstance(error, Throttled) or of_type(error):
        return False
    return of_a_metric(error) is None


def of_an_id(error: AzureError) -> bool:
    """Whether one of several ids may be the cause."""
    if isinstance(error, Throttled) or error.status not in _SPLIT_STATUS or of_type(error):
        return False
    message = str(error).lower()
    return not any(each in message for each in _NOT_OF_AN_ID)
