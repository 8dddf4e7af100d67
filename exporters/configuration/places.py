"""Which Azure resources and subscriptions may be probed. Pure: ids are compared in lower case, segment by
segment. They are names as Azure shows them, with blanks and all, and are percent-encoded only when called.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from exporters.configuration.targets import LONGEST, NoTarget

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_NAME = re.compile(r"[a-z0-9-]{1,63}", re.ASCII)
# What Azure Resource Manager takes in no name (a percent sign among them: an id is not encoded), and what
# cannot be seen. https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
_SEGMENT = re.compile(r"[^<>*%&:\\?/\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff]{1,260}")


@dataclass(frozen=True, slots=True)
class AzurePlace:
    """A subscription, or what is below it: the segments of its id in lower case."""

    segments: tuple[str, ...]

    @property
    def subscription(self) -> str:
        """The id of its subscription."""
        return self.segments[1]

    @property
    def id(self) -> str:
        """Its id, the one spelling that it is kept under."""
        return "/" + "/".join(self.segments)

    def holds(self, other: AzurePlace) -> bool:
        """Whether another place is this one or below it."""
        return other.segments[: len(self.segments)] == self.segments

    @property
    def whole(self) -> bool:
        """Whether it is a whole subscription."""
        return len(self.segments) == 2


def azure_place(text: str, subscriptions: Mapping[str, str]) -> AzurePlace:
    """A subscription by name or id, or an id that begins with one. `subscriptions` has ids by name. Raises
    NoTarget.
    """
    if text in subscriptions:
        return AzurePlace(("subscriptions", subscriptions[text].lower()))
    place = written(text)
    if place is None:
        raise NoTarget("no subscription of the configuration has this name")
    return place


def written(text: str) -> AzurePlace | None:
    """The place that an id says; None for the name of a subscription. Raises NoTarget for what is neither."""
    if len(text) > LONGEST:
        raise NoTarget(f"it is longer than {LONGEST} characters")
    lower = text.lower()
    if _ID.fullmatch(lower):
        return AzurePlace(("subscriptions", lower))
    if _NAME.fullmatch(text):
        return None
    root, *segments = lower.removesuffix("/").split("/")
    if root or segments[:1] != ["subscriptions"] or not _ID.fullmatch("".join(segments[1:2])):
        raise NoTarget(
            "it is no subscription, and does not begin with /subscriptions/ and a subscription's id"
        )
    if not all(_SEGMENT.fullmatch(each) and each.strip(".") and each == each.strip() for each in segments):
        raise NoTarget(
            "a part of the id is empty, a dot segment, begins or ends with a blank, or has a character that "
            "no name in Azure has (an id is written as Azure shows it, not percent-encoded)"
        )
    return AzurePlace(tuple(segments))
