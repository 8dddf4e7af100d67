"""Wrong values of the chart `exporter`: refused before anything is sent, each with its place."""

from __future__ import annotations

import pytest

from tests.charts.golden import DATA
from tests.charts.helm import refusal

MINIMAL = (DATA / "minimal.values.yaml").read_text()
CREDENTIAL = "credential: {kind: secret, client_id: 8e1f4c2e-5a55-4d0f-9d8e-0f7f1c1a0003, secret: SECRET}"
REFERENCE = "value must be 'env:NAME or file:PATH, and never the secret itself'"


def but(old: str, new: str) -> str:
    """The minimal values with a change."""
    assert old in MINIMAL
    return MINIMAL.replace(old, new)


def row(line: str) -> str:
    """With a line more in its row."""
    return but("kind: azure\n", f"kind: azure\n      {line}\n")


def secret(text: str) -> str:
    """With a client secret written so."""
    return but("0001}", f"0001, {CREDENTIAL.replace('SECRET', text)}}}")


PLATFORM = "at '/config/exporters/platform"
SHAPE = {
    "a misspelt value": (
        f"{MINIMAL}serviceMonitr: {{enabled: true}}\n",
        ["at '': additional properties 'serviceMonitr' not allowed"],
    ),
    "a misspelt value below another": (
        f"{MINIMAL}serviceMonitor: {{lables: {{a: b}}}}\n",
        ["at '/serviceMonitor': additional properties 'lables' not allowed"],
    ),
    "text for a number": (f"{MINIMAL}shards: three\n", ["at '/shards': got string, want integer"]),
    "a number in quotes": (
        f"{MINIMAL}service: {{port: '9790'}}\n",
        ["at '/service/port': got string, want integer"],
    ),
    "too many shards": (f"{MINIMAL}shards: 65\n", ["at '/shards': maximum: got 65, want 64"]),
    "neither yes nor no": (
        f"{MINIMAL}serviceMonitor: {{enabled: maybe}}\n",
        ["at '/serviceMonitor/enabled': value must be one of 'auto', true, false"],
    ),
    "a budget that blocks every drain": (
        f"{MINIMAL}podDisruptionBudget: {{maxUnavailable: 0}}\n",
        ["at '/podDisruptionBudget/maxUnavailable': minimum: got 0, want 1"],
    ),
    "a tag for a digest": (
        f"{MINIMAL}image: {{digest: latest}}\n",
        ["at '/image/digest': 'latest' does not match pattern '^(sha256:[0-9a-f]{64})?$'"],
    ),
    "a label that is no text": (
        f"{MINIMAL}podLabels: {{tier: 1}}\n",
        ["at '/podLabels/tier': got number, want string"],
    ),
    "a misspelt key of the exporter": (
        but("scope:", "scpoe:"),
        [
            f"{PLATFORM}': validation failed",
            f"{PLATFORM}': missing property 'scope'",
            f"{PLATFORM}': additional properties 'scpoe' not allowed",
        ],
    ),
    "a misspelt key far below": (
        but("names:", "name:"),
        [
            f"{PLATFORM}/metrics/0': validation failed",
            f"{PLATFORM}/metrics/0': missing property 'names'",
            f"{PLATFORM}/metrics/0': additional properties 'name' not allowed",
        ],
    ),
    "an unknown kind": (
        but("kind: azure", "kind: azur"),
        [f"{PLATFORM}/kind': value must be one of 'azure', 'estate', 'json'"],
    ),
    "no kind": (but("kind: azure\n", "interval: 1m\n"), [f"{PLATFORM}': missing property 'kind'"]),
    "no duration": (
        row("interval: 1 minute"),
        [
            f"{PLATFORM}/interval': '1 minute' does not match pattern"
            r" '^(\\d+y)?(\\d+w)?(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?$'"
        ],
    ),
    "an empty duration": (row("interval: ''"), [f"{PLATFORM}/interval': minLength: got 0, want 1"]),
    "nothing behind a key": (row("interval:"), [f"{PLATFORM}/interval': got null, want string"]),
    "shards where only an estate has them": (
        row("shards: 3"),
        [f"{PLATFORM}': additional properties 'shards' not allowed"],
    ),
    "a scope that only an estate knows": (
        but("[shop-prod]", "own"),
        [f"{PLATFORM}/scope': got string, want array"],
    ),
    "a row's name in capitals": (
        but("platform:", "Platform:"),
        ["at '/config/exporters': additional properties 'Platform' not allowed"],
    ),
    "a tenant that is no id": (
        but("6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001", "main"),
        [
            "at '/config/tenants/main/id': 'main' does not match pattern"
            " '^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$'"
        ],
    ),
    "a secret itself": (secret("hunter2"), [f"at '/config/tenants/main/credential/secret': {REFERENCE}"]),
    "a vault, which an exporter does not read": (
        secret("'keyvault:shop/secret'"),
        [f"at '/config/tenants/main/credential/secret': {REFERENCE}"],
    ),
    "a secret for an identity": (
        row("identity: hunter2"),
        [f"{PLATFORM}/identity': {REFERENCE.replace('env:', 'workload, cli, env:')}"],
    ),
}


@pytest.mark.parametrize("what", SHAPE)
def test_refused_by_the_schema(what: str) -> None:
    """The whole message; of secrets nothing is shown."""
    values, lines = SHAPE[what]
    said = refusal("exporter", values).splitlines()
    assert said[:2] == [
        "Error: values don't meet the specifications of the schema(s) in the following chart(s):",
        "exporter:",
    ]
    assert [line.strip().removeprefix("- ") for line in said[2:] if line] == lines
    assert "hunter2" not in "".join(said)


TOGETHER = {
    "nothing to export": (
        "{}",
        "config: nothing says what to export; write rows under config.exporters, or name a ConfigMap by"
        " existingConfigMap",
    ),
    "certificates of clients without TLS": (
        f"{MINIMAL}tls: {{clientCa: true}}\n",
        "tls: clients can be asked for certificates over HTTPS only; name the Secret of the server's"
        " certificate by tls.existingSecret",
    ),
    "names without certificates": (
        f"{MINIMAL}tls: {{existingSecret: a, clientAllowedSans: [b]}}\n",
        "tls: names of clients are looked for in their certificates; say tls.clientCa: true",
    ),
    "two web configurations": (
        f"{MINIMAL}web: {{existingSecret: a}}\ntls: {{existingSecret: b, clientCa: true}}\n",
        "web.existingSecret: the whole web configuration stands in that Secret; ask for clients' certificates"
        " there, not by tls",
    ),
    "a web configuration that is nowhere": (
        f"{MINIMAL}web: {{tls: true}}\n",
        "web: tls and credentials say what the web configuration in a Secret does; name it by"
        " web.existingSecret",
    ),
    "a tenant without an identity": (
        but("clientId", "tenantId"),
        "workloadIdentity: a tenant alone signs nobody in; write clientId, the client id of the managed"
        " identity",
    ),
    "two configurations": (
        f"{MINIMAL}existingConfigMap: mine\n",
        "config: the ConfigMap mine holds the configuration, and this one would not be read; keep one of"
        " them",
    ),
}


@pytest.mark.parametrize("what", TOGETHER)
def test_refused_because_values_do_not_fit_together(what: str) -> None:
    """What a schema cannot say, said by the templates in one sentence."""
    values, sentence = TOGETHER[what]
    first = refusal("exporter", values).splitlines()[0]
    assert first.startswith("Error: execution error at (exporter/templates/"), first
    assert first.partition("): ")[2] == sentence
