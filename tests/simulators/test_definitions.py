"""metricDefinitions: what a resource can be asked for, and the limit that exporters run into."""

from __future__ import annotations

from tests.simulators.talk import ARM, BACK, CLIENT, FLEET, SHOP, Talk, error, storage

URL = f"{ARM}{storage()}/providers/Microsoft.Insights/metricDefinitions?api-version=2024-02-01"


def test_definition_whole(talk: Talk) -> None:
    """Every key of one definition with dimensions, and of one without."""
    definitions = {one["name"]["value"]: one for one in talk.get(URL)["value"]}
    grains = ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"]
    assert definitions["Egress"] == {
        "id": f"{storage()}/providers/microsoft.insights/metricdefinitions/Egress",
        "resourceId": storage(),
        "namespace": "Microsoft.Storage/storageAccounts",
        "name": {"value": "Egress", "localizedValue": "Egress"},
        "displayDescription": "Egress in Bytes",
        "isDimensionRequired": False,
        "metricClass": "Transactions",
        "unit": "Bytes",
        "primaryAggregationType": "Total",
        "supportedAggregationTypes": ["Total", "Average", "Minimum", "Maximum"],
        "metricAvailabilities": [{"timeGrain": grain, "retention": "P93D"} for grain in grains],
        "dimensions": [
            {"value": "GeoType", "localizedValue": "GeoType"},
            {"value": "ApiName", "localizedValue": "ApiName"},
            {"value": "Authentication", "localizedValue": "Authentication"},
        ],
    }
    capacity = definitions["UsedCapacity"]
    assert "dimensions" not in capacity
    assert [one["timeGrain"] for one in capacity["metricAvailabilities"]] == ["PT1H", "PT6H", "PT12H", "P1D"]


def test_everything_defined_can_be_asked(talk: Talk) -> None:
    """Each definition, asked with its own first grain, aggregation and dimensions, is answered."""
    for one in talk.get(URL)["value"]:
        query = (
            f"metricnames={one['name']['value']}&interval={one['metricAvailabilities'][0]['timeGrain']}"
            f"&aggregation={one['primaryAggregationType']}"
        )
        if "dimensions" in one:
            query += "&$filter=" + " and ".join(f"{name['value']} eq '*'" for name in one["dimensions"])
        reply = talk.get(URL.replace("metricDefinitions", "metrics") + "&" + query)
        assert reply["value"][0]["errorCode"] == "Success"


def test_another_namespace_has_none(talk: Talk) -> None:
    """A namespace that the resource does not have gives an empty list."""
    assert talk.get(f"{URL}&metricnamespace=Microsoft.KeyVault/vaults") == {"value": []}


def test_old_version_lacks_keys(talk: Talk) -> None:
    """Versions before 2018 know neither namespace nor supported aggregations."""
    one = talk.get(URL.replace("2024-02-01", "2017-05-01-preview"))["value"][0]
    assert {"namespace", "supportedAggregationTypes", "metricClass"}.isdisjoint(one)


def test_subscription_scope(talk: Talk) -> None:
    """A type's definitions in a region; the region is required."""
    url = f"{ARM}/subscriptions/{SHOP}/providers/Microsoft.Insights/metricDefinitions?api-version=2024-02-01"
    found = talk.get(f"{url}&region=westeurope&metricnamespace=Microsoft.KeyVault/vaults")["value"]
    assert [one["name"]["value"] for one in found] == [
        "Availability",
        "SaturationShoebox",
        "ServiceApiHit",
        "ServiceApiLatency",
        "ServiceApiResult",
    ]
    assert error(talk.ask("GET", url)) == (400, "BadRequest", "Missing required region params")


def test_limit() -> None:
    """400 in five minutes per principal, whatever the subscription; then 429 until the window is over."""
    talk = Talk(FLEET + "limits: {definitions: {calls: 4, seconds: 300}}\n")
    virtual = (
        f"/subscriptions/{BACK}/resourceGroups/back-westeurope/providers/Microsoft.Compute/"
        f"virtualMachines/vm-1"
    )
    other = f"{ARM}{virtual}/providers/Microsoft.Insights/metricDefinitions?api-version=2024-02-01"
    replies = [talk.ask("GET", url) for url in (URL, other, URL, other)]
    assert [reply.status for reply in replies] == [200] * 4
    talk.world.clock.jump(talk.world.clock.now() + 100)
    reply = talk.ask("GET", URL)
    assert error(reply) == (
        429,
        "ResourceRequestsThrottled",
        "Number of requests for action 'Microsoft.Insights/metricDefinitions/read' exceeded the limit of "
        "'4' for "
        "time interval '00:05:00'. Please try again after '200' seconds.",
    )
    assert reply.headers["retry-after"] == "200"
    talk.world.clock.jump(talk.world.clock.now() + 200)
    assert talk.ask("GET", URL).status == 200


def test_denied() -> None:
    """Without the right there is 403 over the resource."""
    action = "Microsoft.Insights/metricDefinitions/read"
    talk = Talk(FLEET + f"principals: [{{client_id: {CLIENT}, secret: s, denied: [{action}]}}]\n")
    status, code, message = error(talk.ask("GET", URL))
    assert (status, code) == (403, "AuthorizationFailed")
    assert f"'{action}' over scope '{storage()}'" in message


def test_unknown_resource(talk: Talk) -> None:
    """404 in ARM's words."""
    assert error(talk.ask("GET", URL.replace("data01", "data09")))[:2] == (404, "ResourceNotFound")
