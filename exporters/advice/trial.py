"""Which right is missing where, by trying each call once: the smallest that the exporter makes.

Order: signing in, the subscription, Resource Graph, the listing behind it, definitions, values.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from time import time
from typing import Any

from exporters.advice.forms import forms
from exporters.advice.gaps import WELL, State, findings
from exporters.advice.subjects import Subject, subjects
from exporters.advice.values import values
from exporters.azure.calls.decode import decoded
from exporters.azure.calls.http import Call, Client, Traffic, address
from exporters.azure.discovery.catalogue import Scope
from exporters.azure.discovery.definitions import Types, fetch
from exporters.azure.discovery.graph import discover, query
from exporters.azure.discovery.listing import listed, subscription_names
from exporters.azure.discovery.parts import listed_type
from exporters.azure.discovery.resources import Resource
from exporters.azure.discovery.selection import Selection, selection
from exporters.azure.discovery.variants import SAMPLES, samples
from exporters.azure.discovery.wanted import Mismatch, Wanted, mismatches, wanted
from exporters.azure.errors import AzureError, Throttled
from exporters.azure.signin.identity import Tokens
from exporters.configuration.config import Config

_ACTION = re.compile(r"perform action '([^']+)'")
# By status; without one no reply was waited for.
_THROTTLED = {
    429: "others use up the quota: try again later",
    503: "Azure has no room for the call just now, which is nobody's quota: try again later",
    529: "Azure's own back end is overloaded, which is nobody's quota: try again later",
}


@dataclass(frozen=True, slots=True)
class Try:
    """One call and how it went: `ok`; `missing` the right `action`; `failed` otherwise; `unseen`, where there
    was nothing to try it on; a metric that only `part` of the resources has, or that is `silent`. `remedy`
    may be empty.
    """

    exporter: str
    step: str
    subject: str
    state: State
    action: str = ""
    detail: str = ""
    remedy: str = ""

    def document(self) -> dict[str, str]:
        """This row as JSON."""
        names = ("exporter", "step", "subject", "state", "action", "detail", "remedy")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Trial:
    """What was tried for one row or module, what of its configuration is not in Azure, and in which form
    metrics are read that would be expected in another.
    """

    tries: tuple[Try, ...]
    mismatches: tuple[Mismatch, ...]
    notes: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nothing is missing and nothing is wrong."""
        return not self.mismatches and all(each.state in WELL for each in self.tries)


async def trial(subject: Subject, deadline: float) -> Trial:
    """Try what a row or module needs. Never raises AzureError; `deadline` is on the monotonic clock."""
    tries: list[Try] = []
    definitions = Types()
    for tenant in dict.fromkeys(scope.tenant for scope in subject.scopes):
        try_ = _Tenant(subject, tenant, deadline, tries, definitions)
        await try_.run([scope for scope in subject.scopes if scope.tenant == tenant])
    found = mismatches(subject.row.metrics, definitions.known, subject.path)
    good, _ = wanted(subject.row.metrics, definitions.known)
    return Trial(tuple(tries), found, tuple(f"{subject.name}: {each}" for each in forms(good)))


class _Tenant:
    """The tries of one row or module in one tenant."""

    def __init__(
        self,
        subject: Subject,
        tenant: str,
        deadline: float,
        tries: list[Try],
        definitions: Types,
    ) -> None:
        self.subject = subject
        self.row = row = subject.row
        self.endpoints = subject.clients.reach(tenant)
        self.tenant = tenant
        self.deadline = deadline
        self.tries = tries
        self.definitions = definitions
        self.types = tuple(dict.fromkeys(metric.type.lower() for metric in row.metrics))
        self.chosen: Selection = selection(row.select, row.exclude)

    async def run(self, scopes: list[Scope]) -> None:
        endpoints = self.endpoints
        tokens = Tokens(self.subject.clients.sign_in(self.tenant))
        for scope in (endpoints.arm_scope, endpoints.metrics_scope):
            if not await self._try("sign-in", f"{self.tenant} for {scope}", "", tokens.get(scope)):
                return
        try:
            client = Client(tokens, Traffic(), endpoints.ca_file)
        except AzureError as error:
            self._note("sign-in", endpoints.ca_file, error, "")
            return
        try:
            await self._with(client, scopes)
        finally:
            await client.close()

    async def _with(self, client: Client, scopes: list[Scope]) -> None:
        try:
            visible = await subscription_names(client, self.endpoints, self.deadline)
        except AzureError as error:
            self._note("subscriptions", self.tenant, error, "Microsoft.Resources/subscriptions/read")
            return
        for scope in scopes:
            if scope.id in visible:
                self._add("subscription", scope.name, "ok")
                continue
            self._add(
                "subscription",
                scope.name,
                "missing",
                "Microsoft.Resources/subscriptions/read",
                f"{scope.id} is not among the subscriptions that this identity sees",
                "assign the role of `singlepane exporter roles` there, or correct the id",
            )
        seen = [scope for scope in scopes if scope.id in visible]
        for scope in seen:
            await self._graph(client, {"subscriptions": [scope.id]}, scope.name)
            path = f"/subscriptions/{scope.id}/resources"
            await self._try(
                "listing",
                scope.name,
                "Microsoft.Resources/subscriptions/resources/read",
                listed(
                    client,
                    self.endpoints,
                    "resources",
                    path,
                    self.deadline,
                    scope.id,
                    **{
                        "api-version": self.endpoints.api_versions.resources,
                        "$filter": f"resourceType eq '{listed_type(self.types[0])}'",
                    },
                ),
            )
        for group in self.row.management_groups:
            await self._graph(client, {"managementGroups": [group]}, f"management group {group}")
        found = await discover(
            client,
            self.endpoints,
            [scope.id for scope in seen],
            self.types,
            self.deadline,
            self.chosen,
            self.row.management_groups,
        )
        names = {scope.id: scope.name for scope in scopes}
        mine = [each for each in found.resources.values() if self.subject.mine(each)]
        await self._values(client, mine, {**visible, **names})

    async def _graph(self, client: Client, scope: dict[str, list[str]], subject: str) -> None:
        """Resource Graph refuses nobody: it leaves out what may not be read. So what it shows is said."""
        url = address(
            self.endpoints.arm,
            "/providers/Microsoft.ResourceGraph/resources",
            **{"api-version": self.endpoints.api_versions.graph},
        )
        body = {**scope, "query": query(frozenset(self.types), self.chosen), "options": {"$top": 1}}
        call = Call("graph", "POST", url, self.endpoints.arm_scope, self.deadline, body=body)
        try:
            total = decoded(await client.send(call), dict[str, Any], "graph").get("totalRecords")
        except AzureError as error:
            self._note("resource-graph", subject, error, "")
            return
        if total:
            self._add("resource-graph", subject, "ok", detail=f"{total} resources")
            return
        right = f"{listed_type(self.row.metrics[0].type)}/read"
        self._add(
            "resource-graph",
            subject,
            "unseen",
            detail="it shows none of the configured resources",
            remedy=f"if there are any, a right such as {right} is missing",
        )

    async def _values(self, client: Client, resources: list[Resource], names: dict[str, str]) -> None:
        places: dict[tuple[str, str], list[Resource]] = {}
        for resource in resources:
            places.setdefault((resource.type, resource.subscription), []).append(resource)
        for type in self.types:
            if not any(of == type for of, _ in places):
                self._add("definitions", type, "unseen", detail="no resource to try it on was found")
        for (type, subscription), there in sorted(places.items()):
            subject = f"{type} in {names.get(subscription, subscription)}"
            of_variants = samples(there)[type].values()
            variants = [some[0] for some in of_variants]
            await self._define(client, variants, subject)
            # One of each kind and SKU, and where these are few, some more.
            more = [one for some in of_variants for one in some[1:]]
            tried = [*variants, *more[: max(0, SAMPLES - len(variants))]]
            good, _ = wanted(self.row.metrics, self.definitions.known)
            mine = [each for each in good if each.type == type and any(map(each.takes, tried))]
            if mine:
                await self._value(client, tried, mine, subject)
            else:
                self._add("metrics", subject, "unseen", detail="no metric to try it with is known")

    async def _define(self, client: Client, variants: list[Resource], subject: str) -> None:
        """Ask one resource of each kind and SKU that is not known yet, and always one, for the right."""
        known = self.definitions.known.get(variants[0].type, {})
        unknown = [each for each in variants if each.variant not in known]
        metrics: set[str] = set()
        for sample in unknown or variants[:1]:
            try:
                here = await fetch(client, self.endpoints, sample, self.deadline)
            except AzureError as error:
                self._note("definitions", subject, error, "Microsoft.Insights/metricDefinitions/read")
                return
            self.definitions.learn(sample.type, sample.variant, here)
            metrics |= here.keys()
        kinds = f" in {len(unknown)} kinds and SKUs" if len(unknown) > 1 else ""
        self._add("definitions", subject, "ok", detail=f"{len(metrics)} metrics{kinds}")

    async def _value(
        self, client: Client, tried: list[Resource], metrics: list[Wanted], subject: str
    ) -> None:
        found = await values(client, self.endpoints, tried, metrics, self.deadline, time())
        if found.errors:
            self._note("metrics", subject, found.errors[0], "Microsoft.Insights/metrics/read")
        elif found.route in ("", "batch"):
            self._add("metrics", subject, "ok", detail="by metrics:getBatch")
        else:
            detail = "not by metrics:getBatch, but by the APIs that take longer"
            self._add("metrics", subject, "ok", detail=detail)
        for finding in findings(found, tried):
            name, state, detail, remedy = finding
            self._add("metrics", f"{name} of {subject}", state, detail=detail, remedy=remedy)

    async def _try(self, step: str, subject: str, action: str, call: Awaitable[object]) -> bool:
        try:
            await call
        except AzureError as error:
            self._note(step, subject, error, action)
            return False
        self._add(step, subject, "ok")
        return True

    def _note(self, step: str, subject: str, error: AzureError, action: str) -> None:
        """A call that failed: Azure's own word for the action wins, for it may know better than we do."""
        said = _ACTION.search(str(error))
        if _forbidden(error):
            named = said[1] if said else action
            remedy = (
                f"grant {named or 'it'}, see `singlepane exporter roles`; it takes up to ten minutes to hold"
            )
            self._add(step, subject, "missing", named, str(error), remedy)
            return
        self._add(step, subject, "failed", "", str(error), _remedy(step, error))

    def _add(
        self, step: str, subject: str, state: State, action: str = "", detail: str = "", remedy: str = ""
    ) -> None:
        self.tries.append(Try(self.subject.name, step, subject, state, action, detail, remedy))


def _forbidden(error: AzureError) -> bool:
    """The batch API says 401 where a role on the subscription is missing; bad tokens have their own codes."""
    if error.status == 401 and error.api == "batch":
        return not error.code.startswith(("InvalidAuthentication", "Expired", "AuthenticationFailed"))
    return error.status == 403


def _remedy(step: str, error: AzureError) -> str:
    if isinstance(error, Throttled):
        return _THROTTLED.get(error.status, "a call before this one was asked to wait: try again later")
    if step == "sign-in":
        return "see the tenant's `credential`, the exporter's `identity`, and the environment of this process"
    if error.status == 401:
        return "the token is of another tenant, cloud or audience: see `azure` of the configuration"
    if error.status == 0:
        return "no answer: see the network, DNS, proxy, and `azure` of the configuration"
    return ""


def unneeded(config: Config) -> Iterable[str]:
    """Rows and modules that need no right in Azure."""
    azure = {subject.path for subject in subjects(config)}
    every = [
        *(("exporters", name) for name in config.exporters),
        *(("modules", name) for name in config.modules),
    ]
    return (name for kind, name in every if (kind, name) not in azure)
