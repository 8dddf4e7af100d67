"""Which resources a process reads where several share them: rendezvous hashing of the resource's id.

Each shard has a weight for each id, and the highest has it. A shard that is added takes its part from all
others and nothing else moves; one that is removed gives its part to all others.
(https://doi.org/10.1109/90.663936)
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from estate.errors import UsageError

MOST = 64
_FORM = re.compile(r"(?:(\d{1,4})|(auto))/(\d{1,4})", re.ASCII)
_ORDINAL = re.compile(r".*-(\d{1,4})", re.ASCII)
# One hash holds the weights of so many shards.
_BLOCK = 16
_WEIGHTS = struct.Struct(f"<{_BLOCK}I")


class Identified(Protocol):
    """What has an id that stays."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Shard:
    """The process `index` (from 0) of `shards`."""

    index: int = 0
    shards: int = 1

    @property
    def first(self) -> bool:
        """Whether what cannot be divided is read here."""
        return self.index == 0

    def mine(self, resource: Identified) -> bool:
        """Whether a resource is read here."""
        return self.shards == 1 or owner(resource.id, self.shards) == self.index


WHOLE = Shard()


def owner(id: str, shards: int) -> int:
    """The shard that has a resource id, whose case does not matter."""
    text = id.lower().encode()
    weights: list[int] = []
    for block in range(-(-shards // _BLOCK)):
        weights += _WEIGHTS.unpack(blake2b(text, salt=block.to_bytes(2, "little")).digest())
    return max(range(shards), key=weights.__getitem__)


def shard(text: str, hostname: str = "") -> Shard:
    """The shard that `INDEX/SHARDS` names, or `auto/SHARDS`: then the ordinal at the end of the host's name,
    which is that of a pod of a StatefulSet. Nothing is the whole. Raises UsageError.
    """
    if not text:
        return WHOLE
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"{text!r} is not a shard", "Write INDEX/SHARDS, such as 0/3, 1/3 and 2/3, or auto/3."
        )
    shards = int(match[3])
    index = _ordinal(hostname) if match[2] else int(match[1])
    if not 1 <= shards <= MOST:
        raise UsageError(f"{shards} shards are not possible", f"Choose from 1 to {MOST}.")
    if index >= shards:
        raise UsageError(
            f"there is no shard {index} of {shards}", f"They are counted from 0: 0 to {shards - 1}."
        )
    return Shard(index, shards)


def _ordinal(hostname: str) -> int:
    match = _ORDINAL.fullmatch(hostname)
    if match is None:
        raise UsageError(
            f"auto needs a host name that ends in a number, and this is {hostname or 'none'!r}",
            "Run it as a StatefulSet, or write the number, such as 0/3.",
        )
    return int(match[1])
