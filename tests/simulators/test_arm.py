"""ARM: who is let in, what is listed, page by page, and how it refuses."""

from __future__ import annotations

import pytest

from tests.simulators.talk import (
    ARM,
    BACK,
    CLIENT,
    FLEET,
    FOREIGN,
    OTHER_TENANT,
    SHOP,
    Talk,
    document,
    error,
    storage,
)

RESOURCES = f"{ARM}/subscriptions/{SHOP}/resources?api-version=2025-04-01"


def test_no_token(talk: Talk) -> None:
    """Without an Authorization header there is 401 and a challenge."""
    reply = talk.ask("GET", RESOURCES, token=None)
    assert error(reply) == (
        401,
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing.",
    )
    assert reply.headers["www-authenticate"].startswith("Bearer ")
    assert reply.headers["x-ms-failure-cause"] == "gateway"


@pytest.mark.parametrize("token", ["abc", "abc.def", "a.b.c", "é.ü"])
def test_foreign_token(talk: Talk, token: str) -> None:
    """A token that was not issued here is invalid."""
    assert error(talk.ask("GET", RESOURCES, token=token)) == (
        401,
        "InvalidAuthenticationToken",
        "The access token is invalid.",
    )


def test_tampered_token(talk: Talk) -> None:
    """A token whose signature does not fit is invalid."""
    token = talk.token()
    assert error(talk.ask("GET", RESOURCES, token="A" + token[1:]))[1] == "InvalidAuthenticationToken"


def test_wrong_audience(talk: Talk) -> None:
    """A token for the metrics data plane does not open ARM."""
    status, code, message = error(
        talk.ask("GET", RESOURCES, token=talk.token("https://metrics.monitor.azure.com"))
    )
    assert (status, code) == (401, "InvalidAuthenticationTokenAudience")
    assert message.startswith(
        "The access token has been obtained for wrong audience or resource "
        "'https://metrics.monitor.azure.com'."
    )


def test_token_of_another_tenant(talk: Talk) -> None:
    """A token of one tenant does not open a subscription of another."""
    status, code, message = error(talk.ask("GET", RESOURCES, token=talk.token(tenant=OTHER_TENANT)))
    assert (status, code) == (401, "InvalidAuthenticationTokenTenant")
    assert OTHER_TENANT in message


def test_expired_token() -> None:
    """A token past its time is refused with both times, by the clock that the fleet names."""
    talk = Talk(FLEET + "tokens: {lifetime: 60, clock: simulated}\n")
    token = talk.token()
    talk.world.clock.jump(talk.world.clock.now() + 61)
    assert error(talk.ask("GET", RESOURCES, token=token)) == (
        401,
        "ExpiredAuthenticationToken",
        "The access token expiry UTC time '3/2/2026 12:01:00 PM' is earlier than "
        "current UTC time '3/2/2026 12:01:01 PM'.",
    )


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "MissingApiVersionParameter"),
        ("?api-version=", "MissingApiVersionParameter"),
        ("?api-version=2030-01-01", "InvalidApiVersionParameter"),
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "/subscriptions",
        f"/subscriptions/{SHOP}",
        f"/subscriptions/{SHOP}/resources",
        f"{storage()}/providers/Microsoft.Insights/metrics",
        f"{storage()}/providers/Microsoft.Insights/metricDefinitions",
        f"/subscriptions/{SHOP}/providers/Microsoft.Insights/metrics",
    ],
)
def test_api_version(talk: Talk, path: str, query: str, code: str) -> None:
    """Every path wants an api-version, and one it knows; the message lists those."""
    status, found, message = error(talk.ask("GET", f"{ARM}{path}{query}"))
    assert (status, found) == (400, code)
    if query.endswith("01"):
        assert "The supported versions are '" in message


def test_unknown_path(talk: Talk) -> None:
    """A path that is not simulated is a 404, whoever asks."""
    reply = talk.ask("GET", f"{ARM}/subscriptions/{SHOP}/locations?api-version=2022-12-01")
    assert error(reply)[:2] == (404, "InvalidResourceType")


def test_wrong_method(talk: Talk) -> None:
    """A path is served for its own methods only."""
    assert error(talk.ask("DELETE", RESOURCES))[:2] == (405, "MethodNotAllowed")


def test_subscriptions(talk: Talk) -> None:
    """The subscriptions of the token's tenant, whole."""
    body = talk.get(f"{ARM}/subscriptions?api-version=2022-12-01")
    assert [(one["displayName"], one["subscriptionId"], one["state"]) for one in body["value"]] == [
        ("shop", SHOP, "Enabled"),
        ("back", BACK, "Enabled"),
    ]
    assert body["count"] == {"type": "Total", "value": 2}


def test_subscriptions_without_a_role() -> None:
    """Who has a role in one subscription sees that one; who has none sees an empty list, with 200."""
    extra = f"principals: [{{client_id: {CLIENT}, secret: s, subscriptions: %s}}]\n"
    seen = Talk(FLEET + extra % "[back]").get(f"{ARM}/subscriptions?api-version=2022-12-01")
    assert [one["displayName"] for one in seen["value"]] == ["back"]
    assert Talk(FLEET + extra % "[]").get(f"{ARM}/subscriptions?api-version=2022-12-01")["value"] == []


def test_unknown_subscription(talk: Talk) -> None:
    """A subscription that does not exist is 404."""
    unknown = "00000000-0000-4000-8000-0000000000ff"
    reply = talk.ask("GET", f"{ARM}/subscriptions/{unknown}/resources?api-version=2025-04-01")
    assert error(reply) == (404, "SubscriptionNotFound", f"The subscription '{unknown}' could not be found.")


def test_denied_action() -> None:
    """A principal without the right is told which one it lacks, and over what."""
    action = "Microsoft.Resources/subscriptions/resources/read"
    talk = Talk(FLEET + f"principals: [{{client_id: {CLIENT}, secret: s, denied: [{action}]}}]\n")
    assert error(talk.ask("GET", RESOURCES)) == (
        403,
        "AuthorizationFailed",
        f"The client '{CLIENT}' with object id '{CLIENT}' does not have authorization to perform action "
        f"'{action}' over scope '/subscriptions/{SHOP}' or the scope is invalid. If access was recently "
        f"granted, "
        "please refresh your credentials.",
    )


def test_resources(talk: Talk) -> None:
    """A listing spells ids as providers do: in their own case, and the container service's in another."""
    assert talk.get(RESOURCES)["value"][0] == {
        "id": storage(1),
        "name": "data01",
        "type": "Microsoft.Storage/storageAccounts",
        "location": "westeurope",
        "tags": {"team": "shop"},
    }
    named = {one["name"]: one for one in talk.get(RESOURCES)["value"]}
    assert list(named) == ["data01", "data02", "data03", "quiet", "vault", "aks1"]
    assert named["vault"]["tags"] == {}
    assert "tags" not in named["aks1"]
    assert named["aks1"]["id"] == (
        f"/subscriptions/{SHOP}/resourcegroups/Mixed-Case/providers/Microsoft.ContainerService/"
        f"managedClusters/aks1"
    )


def test_resources_page_by_page(talk: Talk) -> None:
    """Following nextLink verbatim gives every resource once; the last page has none."""
    url, names, pages = f"{RESOURCES}&$top=4", [], 0
    while url:
        page = talk.get(url)
        names += [one["name"] for one in page["value"]]
        url = page.get("nextLink", "")
        pages += 1
        assert not url or url.startswith(f"{ARM}/subscriptions/{SHOP}/resources?api-version=2025-04-01&")
    assert names == ["data01", "data02", "data03", "quiet", "vault", "aks1"]
    assert pages == 2


def test_next_link_keeps_the_way_the_client_came(talk: Talk) -> None:
    """Reached by a path prefix on one port, nextLink has prefix and port again."""
    base = "https://127.0.0.1:8443/arm"
    page = talk.get(f"{base}/subscriptions/{SHOP}/resources?api-version=2025-04-01&$top=4")
    assert page["nextLink"].startswith(f"{base}/subscriptions/{SHOP}/resources?")
    assert len(talk.get(page["nextLink"])["value"]) == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("resourceType eq 'microsoft.storage/STORAGEACCOUNTS'", ["data01", "data02", "data03", "quiet"]),
        ("resourceType eq 'Microsoft.KeyVault/vaults' and resourceGroup eq 'shop-northeurope'", ["vault"]),
        ("resourceGroup eq 'mixed-case'", ["aks1"]),
        ("location ne 'westeurope'", ["vault"]),
        ("tagName eq 'team' and tagValue eq 'shop'", ["data01", "data02", "data03"]),
        ("tagName eq 'TEAM'", ["data01", "data02", "data03"]),
        ("tagName eq 'team' and tagValue eq 'none'", []),
    ],
)
def test_resources_filter(talk: Talk, text: str, names: list[str]) -> None:
    """The filters that ARM documents, compared without case."""
    assert [one["name"] for one in talk.get(f"{RESOURCES}&$filter={text}")["value"]] == names


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("$filter=resourceType = 'x'", "InvalidFilterInQueryString"),
        ("$filter=colour eq 'red'", "InvalidFilterInQueryString"),
        ("$filter=tagName eq 'team' and resourceType eq 'x'", "InvalidFilterInQueryString"),
        ("$top=0", "InvalidTopParameter"),
        ("$top=-1", "InvalidTopParameter"),
        ("$top=ten", "InvalidTopParameter"),
        ("$skiptoken=made-up", "InvalidSkipToken"),
    ],
)
def test_resources_bad_query(talk: Talk, query: str, code: str) -> None:
    """What ARM does not understand it refuses."""
    assert error(talk.ask("GET", f"{RESOURCES}&{query}"))[:2] == (400, code)


def test_resource_group(talk: Talk) -> None:
    """One group's resources; a group that does not exist is 404."""
    base = f"{ARM}/subscriptions/{SHOP}/resourceGroups"
    page = talk.get(f"{base}/shop-northeurope/resources?api-version=2025-04-01")
    assert [one["name"] for one in page["value"]] == ["vault"]
    reply = talk.ask("GET", f"{base}/nowhere/resources?api-version=2025-04-01")
    assert error(reply) == (404, "ResourceGroupNotFound", "Resource group 'nowhere' could not be found.")


def test_expand(talk: Talk) -> None:
    """createdTime, changedTime and provisioningState come when asked for."""
    page = talk.get(f"{RESOURCES}&$expand=createdTime,provisioningState&$top=1")
    assert page["value"][0]["createdTime"] == "2020-01-01T00:00:00Z"
    assert page["value"][0]["provisioningState"] == "Succeeded"
    assert "changedTime" not in page["value"][0]


def test_reads_are_counted_and_throttled(talk: Talk) -> None:
    """250 reads at once, then 429 with the seconds to wait; 25 more a second; others have their own."""
    replies = [talk.ask("GET", RESOURCES) for _ in range(251)]
    assert [reply.headers["x-ms-ratelimit-remaining-subscription-reads"] for reply in replies[:3]] == [
        "249",
        "248",
        "247",
    ]
    assert replies[0].headers["x-ms-ratelimit-remaining-subscription-global-reads"] == "3749"
    assert {reply.status for reply in replies[:250]} == {200}
    assert error(replies[250]) == (
        429,
        "SubscriptionRequestsThrottled",
        f"Number of requests for subscription '{SHOP}' and operation 'GET/SUBSCRIPTIONS/RESOURCES' "
        f"exceeded the "
        "backend storage limit. Please try again after '1' seconds.",
    )
    assert replies[250].headers["retry-after"] == "1"
    assert talk.ask("GET", RESOURCES.replace(SHOP, BACK)).status == 200
    talk.world.clock.jump(talk.world.clock.now() + 1)
    assert [talk.ask("GET", RESOURCES).status for _ in range(26)] == [200] * 25 + [429]
    assert talk.world.throttled == {("arm", SHOP): 2}


def test_another_principal_has_its_own_reads() -> None:
    """The bucket is per subscription and principal."""
    second = CLIENT.replace("c1", "c2")
    talk = Talk(
        FLEET
        + f"principals: [{{client_id: {CLIENT}, secret: a}}, {{client_id: {second}, secret: b}}]\n"
        + "limits: {arm_reads: {burst: 2, per_second: 0.1}}\n"
    )
    assert [talk.ask("GET", RESOURCES).status for _ in range(3)] == [200, 200, 429]
    assert talk.ask("GET", RESOURCES, token=talk.token(client=second)).status == 200


def test_foreign_subscription_needs_its_own_tenant(talk: Talk) -> None:
    """With a token of its tenant the other subscription answers."""
    url = f"{ARM}/subscriptions/{FOREIGN}/resources?api-version=2025-04-01"
    reply = talk.ask("GET", url, token=talk.token(tenant=OTHER_TENANT))
    assert [one["name"] for one in document(reply)["value"]] == ["theirs"]
