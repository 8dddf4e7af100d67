"""The fleet file: which Azure there is. Typed, frozen, extra keys refused; docs/simulators.md explains it
to users.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from cryptography.x509 import load_pem_x509_certificate
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from simulators.azure.faults import Fault
from simulators.azure.intervals import GRAINS, instant

Guid = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
TypeName = Annotated[str, Field(pattern=r"^[A-Za-z0-9.]+(/[A-Za-z0-9]+)+$")]
Share = Annotated[float, Field(ge=0, le=1)]
Region = Annotated[str, Field(pattern=r"^[a-z0-9]+$")]

# The beginning of a list that Azure gives whole, with hundreds.
_SOME_NAMESPACES = ("Microsoft.Network/virtualNetworks", "Microsoft.Network/publicIPAddresses")
DEFAULT_CLIENT = "00000000-0000-4000-8000-0000000000c1"


class Row(BaseModel):
    """What every row of a fleet file shares."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FederatedSubject(Row):
    """A federated credential: assertions of this issuer and subject are accepted."""

    issuer: str
    subject: str


class Principal(Row):
    """An application that may ask for tokens, and what it may read."""

    client_id: Guid
    tenants: list[Name] = []
    """Tenants it is known in; all when empty."""
    secret: str = ""
    """Client secret; none is accepted when empty."""
    certificates: list[str] = []
    """Certificates in PEM, without their keys; an assertion that one of them signed is accepted."""
    managed: Literal["", "system", "user"] = ""
    """Whether it is the machine's own managed identity, or one that is assigned to the machine."""
    federated: list[FederatedSubject] = []
    subscriptions: list[Name] | None = None
    """Subscriptions where it has Reader and Monitoring Reader; all of its tenants when left out."""
    denied: list[str] = []
    """Actions it lacks in spite of that, for example `Microsoft.Insights/metrics/read`."""

    @field_validator("certificates")
    @classmethod
    def _certificates(cls, texts: list[str]) -> list[str]:
        for text in texts:
            try:
                load_pem_x509_certificate(text.encode())
            except ValueError:
                raise ValueError("a certificate is not PEM that begins with BEGIN CERTIFICATE") from None
        return texts


class Resources(Row):
    """`count` resources of one type. `{n}` in a text counts from 1, `{n:03}` with zeros; `{region}` is the
    region.
    """

    type: TypeName
    count: Annotated[int, Field(ge=1, le=100_000)] = 1
    region: Region | list[Region] = "westeurope"
    """Location; of several, the resources take them in turn. `global` is a location too."""
    name: str = ""
    resource_group: str = "{subscription}-{region}"
    tags: dict[str, str] = {}
    sku: dict[str, str] = {}
    kind: str = ""
    silent: bool = False
    """They exist and never report: their time series are empty."""
    lacks: list[str] = []
    """Metrics of the type that these do not have: their definitions leave them out, and a call that asks for
    one of them is refused as a whole.
    """
    appears_after: Annotated[float, Field(ge=0)] = 0
    """Seconds after the simulator's start at which they are created; 0 = they always were."""
    disappears_after: Annotated[float, Field(gt=0)] | None = None
    """Seconds after the simulator's start at which they are deleted."""

    @model_validator(mode="after")
    def _texts(self) -> Resources:
        """The patterns can be filled in, and `count` resources get different names."""
        for text in (self.name, self.resource_group, *self.tags.values()):
            try:
                text.format(n=1, region="westeurope", subscription="shop")
            except (LookupError, ValueError, AttributeError):
                raise ValueError(f"{text!r} may hold {{n}}, {{region}} and {{subscription}} only") from None
        if self.count > 1 and self.name and "{n" not in self.name:
            raise ValueError(f"name {self.name!r} needs {{n}}: {self.count} resources cannot share one name")
        pieces = self.type.count("/")
        if (self.name or pieces > 1) and self.name.count("/") != pieces - 1:
            form = "/".join(self.type.split("/")[1:])
            raise ValueError(f"name {self.name!r} must be cut by / into as many pieces as {form}")
        return self


class Subscription(Row):
    """A subscription and what is in it."""

    id: Guid
    tenant: Name
    state: Literal["Enabled", "Disabled", "Warned", "PastDue", "Deleted"] = "Enabled"
    resources: list[Resources] = []


class Behaviour(Row):
    """How metrics of a type arrive; times in minutes, shares from 0 to 1."""

    lag: Annotated[int, Field(ge=0, le=240)] = 2
    """Minutes until anything of a datum is visible."""
    late: Share = 0.05
    """Share of data that are too low at first."""
    late_minutes: Annotated[int, Field(ge=0, le=240)] = 3
    """Minutes within which those are corrected."""
    absent: Share = 0.02
    """Share of minutes without a datum."""
    zero: Share = 0.02
    """Share of minutes whose value is truly 0."""
    combinations: Annotated[int, Field(ge=1, le=100_000)] = 12
    """Most tuples of dimension values that one metric of one resource has."""
    cardinality: dict[str, Annotated[int, Field(ge=1, le=100_000)]] = {}
    """Number of values by dimension name."""
    values: dict[str, Annotated[list[str], Field(min_length=1)]] = {}
    """The values themselves by dimension name."""
    needs_split: list[str] = []
    """Metrics that are refused without a dimension, although their definitions do not say so."""
    silent_split: list[str] = []
    """Metrics that have no series when they are split, and have one otherwise."""
    unsplit: list[str] = []
    """Metrics whose one series says no dimension, whatever it was to be split by."""


class CustomMetric(Row):
    """A metric that the built-in table lacks."""

    name: str
    unit: str = "Count"
    aggregations: Annotated[
        list[Literal["None", "Average", "Minimum", "Maximum", "Total", "Count"]], Field(min_length=1)
    ] = ["Average", "Minimum", "Maximum", "Total", "Count"]
    dimensions: list[str] = []
    grains: list[Literal[tuple(GRAINS)]] = []  # type: ignore[valid-type]  # the tuple is a constant
    dimension_required: bool = False

    @field_validator("aggregations")
    @classmethod
    def _something(cls, names: list[str]) -> list[str]:
        if names == ["None"]:
            raise ValueError("name at least one aggregation besides None")
        return names


class CustomType(Row):
    """A resource type that the built-in table lacks, or that replaces one of it."""

    type: TypeName
    metrics: list[CustomMetric] = []


class Bucket(Row):
    """A token bucket: `burst` calls at once, `per_second` more."""

    burst: Annotated[float, Field(ge=1)]
    per_second: Annotated[float, Field(gt=0)]


class Window(Row):
    """A fixed window: `calls` in `seconds`, counted from the first call."""

    calls: Annotated[int, Field(ge=1)]
    seconds: Annotated[float, Field(gt=0)]


class Limits(Row):
    """Azure's pace. The defaults are its published or observed numbers."""

    arm_reads: Bucket = Bucket(burst=250, per_second=25)
    """Per subscription and principal, and again per tenant and principal for calls outside a subscription."""
    arm_global: Bucket = Bucket(burst=3750, per_second=375)
    """Per subscription, all principals."""
    definitions: Window = Window(calls=400, seconds=300)
    """metricDefinitions per principal."""
    graph: Window = Window(calls=15, seconds=5)
    """Resource Graph queries per principal."""
    batch: Bucket = Bucket(burst=3000, per_second=100)
    """metrics:getBatch per subscription (360,000 an hour)."""
    series: Annotated[int, Field(ge=1)] = 500_000
    """Time series per metrics query."""
    page: Annotated[int, Field(ge=1, le=1000)] = 1000
    """Rows of a page of a listing."""


class Tokens(Row):
    """Access tokens."""

    lifetime: Annotated[int, Field(ge=1, le=86_400)] = 3599
    """Seconds."""
    clock: Literal["real", "simulated"] = "real"
    """Which clock makes them expire; `simulated` suits a client that takes its time from `/sim/clock`."""


class Refusals(Row):
    """Resource types that an API does not take."""

    batch: list[TypeName] = []
    subscription: list[TypeName] = []
    resource: list[TypeName] = []
    unknown: list[TypeName] = []
    """Of these a refusal says that the namespace is not one of the platform's."""

    def says(self, api: Literal["batch", "subscription", "resource"], type: str) -> str:
        """How an API refuses a type, in lower case one of its list; empty where it takes it."""
        refused = {"batch": self.batch, "subscription": self.subscription, "resource": self.resource}[api]
        named = next((each for each in refused if each.lower() == type), "")
        if not named:
            return ""
        if api == "resource" or type in {each.lower() for each in self.unknown}:
            return (
                f"{named} is not a supported platform metric namespace, "
                f"supported ones are {','.join(_SOME_NAMESPACES)}"
            )
        if api == "subscription":
            return f"Resource type: {named} not enabled for Cross Resource metrics"
        return f"Resource type '{type}' is not supported by the batch API."


class Clock(Row):
    """The clock at the start."""

    mode: Literal["running", "manual"] = "running"
    """`running` follows the machine, `manual` stands still until `POST /sim/clock`."""
    now: str = ""
    """ISO time to start at; the machine's own when empty."""

    @field_validator("now")
    @classmethod
    def _time(cls, text: str) -> str:
        try:
            if text:
                instant(text)
        except (ValueError, OverflowError):
            raise ValueError(f"{text!r} is not an ISO 8601 time such as 2026-03-02T12:00:00Z") from None
        return text


class Fleet(Row):
    """A whole simulated Azure."""

    api_version: Annotated[Literal["singlepane/azure-fleet/v1"], Field(alias="apiVersion")]
    seed: Annotated[int, Field(ge=0, le=2**31)] = 1
    tenants: Annotated[dict[Name, Guid], Field(min_length=1)]
    principals: list[Principal] = []
    subscriptions: Annotated[dict[Name, Subscription], Field(min_length=1)]
    management_groups: dict[Name, list[Name]] = {}
    types: list[CustomType] = []
    behaviour: Behaviour = Behaviour()
    behaviour_of: dict[TypeName, Behaviour] = {}
    """By resource type; it replaces `behaviour` as a whole."""
    limits: Limits = Limits()
    tokens: Tokens = Tokens()
    clock: Clock = Clock()
    refuses: Refusals = Refusals()
    dead_ids: Literal["fail", "missing"] = "fail"
    """What getBatch does with an id that does not exist: 404 for the whole batch, or no item for it."""
    graph_lag: Annotated[float, Field(ge=0)] = 0
    """Seconds until Resource Graph notices a creation or deletion."""
    faults: list[Fault] = []

    @model_validator(mode="after")
    def _references(self) -> Fleet:
        """Names point at something, ids are unique."""
        problems = [*_unknown("tenant", self._tenant_uses(), self.tenants)]
        problems += _unknown("subscription", self._subscription_uses(), self.subscriptions)
        ids = [row.id.lower() for row in self.subscriptions.values()]
        problems += [
            f"subscription id {one} is used twice" for one in dict.fromkeys(ids) if ids.count(one) > 1
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _tenant_uses(self) -> list[tuple[str, str]]:
        uses = [(f"subscriptions.{name}", row.tenant) for name, row in self.subscriptions.items()]
        return uses + [(f"principal {row.client_id}", one) for row in self.principals for one in row.tenants]

    def _subscription_uses(self) -> list[tuple[str, str]]:
        uses = [
            (f"management_groups.{group}", one)
            for group, names in self.management_groups.items()
            for one in names
        ]
        return uses + [
            (f"principal {row.client_id}", one) for row in self.principals for one in row.subscriptions or ()
        ]

    def effective_principals(self) -> tuple[Principal, ...]:
        """The principals, or one with the documented client id and the secret `simulator` where none is
        listed.
        """
        return tuple(self.principals) or (Principal(client_id=DEFAULT_CLIENT, secret="simulator"),)  # noqa: S106


def _unknown(what: str, uses: list[tuple[str, str]], known: Mapping[str, object]) -> list[str]:
    names = ", ".join(known)
    return [
        f"{where} names {what} {one!r}, which is not one of {names}"
        for where, one in uses
        if one not in known
    ]
