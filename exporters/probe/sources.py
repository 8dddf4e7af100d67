"""What stands between a module and its collectors, one for each target."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence
from typing import Protocol

from pydantic import ValidationError

from estate.model import JsonExporter
from estate.quantities import seconds
from exporters.collector import Collection
from exporters.collectors.json import JsonDocument
from exporters.configuration.modules import JsonModule
from exporters.configuration.targets import NoTarget, Place, allowed, place
from exporters.exposition.metrics import Family


class Refused(Exception):
    """A probe is not run. `status` is of HTTP, `reason` the label of the counter; the text is for people."""

    def __init__(self, status: int, reason: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason


def no_target(error: object) -> Refused:
    """A target that no list could hold."""
    return Refused(400, "target", f"the target cannot be probed: {error}")


def not_listed(module: str) -> Refused:
    """A target that is not in the module's list."""
    return Refused(403, "target", f"the target is not among the targets of the module {module}")


class Reading(Protocol):
    """The collector of one target. `collect` raises CollectorError."""

    @property
    def timeout(self) -> float: ...

    async def collect(self) -> Collection: ...

    async def close(self) -> None: ...


class Source(Protocol):
    """One module. `kind` is its kind; `timeout` and `cache` are seconds. With `goes_on` a reading goes on
    from the one before: the cache begins with a run and not with its end, and the last outcome stands in for
    a run that takes long.

    `named` gives the one name that a target is kept under, and raises Refused for one that may not be
    probed; `turn` says with whom a name takes turns, so that others are not held up by it.
    """

    @property
    def kind(self) -> str: ...

    @property
    def timeout(self) -> float: ...

    @property
    def cache(self) -> float: ...

    @property
    def goes_on(self) -> bool: ...

    def named(self, target: str) -> str: ...

    def turn(self, name: str) -> str: ...

    def reading(self, name: str) -> Reading: ...

    def own(self) -> Iterable[Family]: ...

    async def close(self) -> None: ...


class JsonSource:
    """A module of kind json."""

    kind = "json"
    goes_on = False

    def __init__(self, name: str, module: JsonModule, trust: ssl.SSLContext) -> None:
        self.timeout = float(seconds(module.timeout))
        self.cache = float(seconds(module.cache))
        self._name = name
        self._module = module
        self._allowed: Sequence[Place] = [allowed(each) for each in module.targets]
        self._trust = trust

    def named(self, target: str) -> str:
        """The address as it is: a server may tell two spellings apart."""
        try:
            asked = place(target)
        except NoTarget as error:
            raise no_target(error) from None
        if not any(each.holds(asked) for each in self._allowed):
            raise not_listed(self._name)
        return target

    def turn(self, name: str) -> str:
        """All addresses together."""
        return ""

    def reading(self, name: str) -> JsonDocument:
        """The document of an address."""
        module = self._module
        try:
            row = JsonExporter(
                kind="json", url=name, timeout=module.timeout, bearer=module.bearer, metrics=module.metrics
            )
        except ValidationError as error:
            context = error.errors()[0].get("ctx", {})
            raise no_target(context.get("message", "it is not a valid address")) from None
        return JsonDocument(self._name, row, trust=self._trust)

    def own(self) -> Iterable[Family]:
        """Nothing that the service does not count."""
        return ()

    async def close(self) -> None:
        """Nothing is held."""
