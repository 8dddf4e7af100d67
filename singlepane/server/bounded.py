"""A mapping of bounded size that gives up what was put in first, at a cost that does not grow with it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """Values in the order in which they were put, several ranks of them, with the bytes that each takes.

    What is beyond the bounds goes by rank (rank 0 first), then the one that was put first.
    """

    def __init__(self, most: int, most_bytes: int, ranks: int = 1) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self.bytes = 0
        self._ranks: tuple[dict[Key, tuple[Value, int]], ...] = tuple({} for _ in range(ranks))

    def __len__(self) -> int:
        return sum(map(len, self._ranks))

    def __iter__(self) -> Iterator[Value]:
        for rank in self._ranks:
            for value, _ in tuple(rank.values()):
                yield value

    def get(self, key: Key) -> Value | None:
        """The value of a key."""
        for rank in self._ranks:
            if key in rank:
                return rank[key][0]
        return None

    def put(self, key: Key, value: Value, size: int = 0, rank: int = 0) -> None:
        """Put a value, as the newest of its rank; `size` in bytes."""
        self.drop(key)
        self._ranks[rank][key] = (value, size)
        self.bytes += size

    def drop(self, key: Key) -> None:
        """Forget a key, if it is known."""
        for rank in self._ranks:
            if key in rank:
                self.bytes -= rank.pop(key)[1]

    def beyond(self) -> list[Key]:
        """Forget what is beyond the bounds, never the last value that is left; its keys."""
        gone: list[Key] = []
        while len(self) > 1 and (len(self) > self.most or self.bytes > self.most_bytes):
            rank = next(rank for rank in self._ranks if rank)
            key = next(iter(rank))
            self.drop(key)
            gone.append(key)
        return gone
