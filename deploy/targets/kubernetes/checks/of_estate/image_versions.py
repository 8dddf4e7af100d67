"""Versions of images that a user pins in place of ours.

Source: checks/matrix.py has the source of each row. Thanos promises nothing between 0.x versions that are
more than one apart (https://thanos.io/tip/thanos/changelog.md/: breaking changes in any 0.y).
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.targets.kubernetes.checks.matrix import FLOORS, NEEDS, OURS
from deploy.targets.kubernetes.checks.numbers import minor, version
from estate.model import Estate
from estate.problems import Problem

ZERO = (0, 0, 0)


def image_versions(estate: Estate) -> Iterator[Problem]:
    """Versions that work together, with the flags that we give, and near those that we have tried."""
    pinned = estate.images.versions.pinned()
    all_of_them = {**OURS, **pinned}
    refused = set()
    for need in NEEDS:
        has, other = version(all_of_them[need.engine]) or ZERO, version(all_of_them[need.needs]) or ZERO
        if has >= need.since and other < need.least and {need.engine, need.needs} & pinned.keys():
            at = need.needs if need.needs in pinned else need.engine
            if at in refused:
                continue
            refused.add(at)
            message = (
                f"{need.engine} {all_of_them[need.engine]} and {need.needs} {all_of_them[need.needs]} do not "
                f"go together: {need.why}"
            )
            fix = f"use {need.needs} {'.'.join(map(str, need.least))} or newer"
            yield Problem("image-versions", ("images", "versions", at), message, fix)
    for engine, text in pinned.items():
        path = ("images", "versions", engine)
        least, flag = FLOORS.get(engine, (ZERO, ""))
        if engine in refused:
            continue
        if (version(text) or ZERO) < least:
            message = f"{engine} {text} does not know {flag}"
            fix = f"use {'.'.join(map(str, least))} or newer"
            yield Problem("image-versions", path, message, fix)
        elif minor(text) != minor(OURS[engine]):
            yield from _untried(engine, text)


def _untried(engine: str, text: str) -> Iterator[Problem]:
    (major, low), (our_major, our_low) = minor(text) or (0, 0), minor(OURS[engine]) or (0, 0)
    path = ("images", "versions", engine)
    fix = f"use {our_major}.{our_low}, or leave it out"
    if engine == "thanos" and (major != our_major or abs(low - our_low) > 1):
        message = (
            f"thanos {text} is more than one minor version from {OURS[engine]}, which all flags are made for"
        )
        yield Problem("image-version-far", path, message, fix)
    else:
        message = f"{engine} {text} has not been tried with this version of singlepane: {OURS[engine]} has"
        yield Problem("image-version-untried", path, message, fix)
