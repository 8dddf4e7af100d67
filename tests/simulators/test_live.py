"""The simulator over real TLS: azure-identity signs in, host names work, connections break as ordered."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, WorkloadIdentityCredential

from simulators.azure.fleetfile import parse
from simulators.azure.server import Endpoints, simulated
from simulators.azure.world import World
from tests.simulators.talk import CLIENT, FLEET, OTHER_TENANT, SHOP, TENANT, storage
from tests.simulators.test_entra import FEDERATED, assertion

ARM_SCOPE = "https://management.azure.com/.default"
METRICS_SCOPE = "https://metrics.monitor.azure.com/.default"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Endpoints, World]]:
    """One running simulator for this file."""
    fleet = parse(FEDERATED, "fleet.yaml")
    with simulated(fleet, tmp_path_factory.mktemp("ca")) as (endpoints, world):
        yield endpoints, world


@pytest.fixture
def endpoints(live: tuple[Endpoints, World]) -> Iterator[Endpoints]:
    """Where it is; faults of a test end with it."""
    yield live[0]
    live[1].faults.lift()


@pytest.fixture
def client(endpoints: Endpoints) -> Iterator[httpx.Client]:
    """A client that trusts the simulator's CA and nobody else, with an ARM token."""
    context = ssl.create_default_context(cafile=endpoints.ca)
    with httpx.Client(verify=context, timeout=10) as made:
        made.headers["authorization"] = f"Bearer {credential(endpoints).get_token(ARM_SCOPE).token}"
        yield made


def credential(endpoints: Endpoints, **more: Any) -> ClientSecretCredential:
    """azure-identity as docs/simulators.md says to set it up."""
    return ClientSecretCredential(
        TENANT,
        CLIENT,
        more.pop("secret", "simulator"),
        authority=more.pop("authority", endpoints.authority),
        disable_instance_discovery=True,
        connection_verify=str(endpoints.ca),
        **more,
    )


def order(client: httpx.Client, endpoints: Endpoints, **fault: Any) -> None:
    """Put a fault in force."""
    assert client.post(f"{endpoints.admin}/faults", json={"name": "f", **fault}).status_code == 200


def resources(endpoints: Endpoints) -> str:
    """The URL of a listing."""
    return f"{endpoints.arm}/subscriptions/{SHOP}/resources?api-version=2025-04-01"


@pytest.mark.parametrize("suffix", ["/entra", ""])
def test_azure_identity_signs_in(endpoints: Endpoints, client: httpx.Client, suffix: str) -> None:
    """Client secret, with the authority below a path and at the root of the port; both audiences."""
    authority = endpoints.authority.removesuffix("/entra") + suffix
    signed_in = credential(endpoints, authority=authority)
    arm = signed_in.get_token(ARM_SCOPE).token
    metrics = signed_in.get_token(METRICS_SCOPE).token
    found = client.get(resources(endpoints), headers={"authorization": f"Bearer {arm}"}).json()
    assert len(found["value"]) == 6
    reply = client.post(
        endpoints.metrics.format(region="westeurope") + f"/subscriptions/{SHOP}/metrics:getBatch",
        params={
            "api-version": "2024-02-01",
            "metricnamespace": "microsoft.storage/storageaccounts",
            "metricnames": "Egress,Ingress",
            "starttime": "2026-03-02T08:00:00.000Z",
            "endtime": "2026-03-02T08:05:00.000Z",
        },
        json={"resourceids": [storage(1), storage(2)]},
        headers={"authorization": f"Bearer {metrics}"},
    )
    assert [len(item["value"]) for item in reply.json()["values"]] == [2, 2]


def test_two_tenants_in_one_process(endpoints: Endpoints) -> None:
    """Credentials of two tenants get tokens of their own, below the same authority."""
    fleet = parse(FLEET, "fleet.yaml")
    with simulated(fleet, endpoints.ca.parent) as (other, _):
        tokens = {
            tenant: ClientSecretCredential(
                tenant,
                CLIENT,
                "simulator",
                authority=other.authority,
                disable_instance_discovery=True,
                connection_verify=str(other.ca),
            )
            .get_token(ARM_SCOPE)
            .token
            for tenant in (TENANT, OTHER_TENANT)
        }
        with httpx.Client(verify=ssl.create_default_context(cafile=other.ca)) as client:
            names = {
                tenant: [
                    one["displayName"]
                    for one in client.get(
                        f"{other.arm}/subscriptions?api-version=2022-12-01",
                        headers={"authorization": f"Bearer {token}"},
                    ).json()["value"]
                ]
                for tenant, token in tokens.items()
            }
    assert names == {TENANT: ["shop", "back"], OTHER_TENANT: ["foreign"]}


def test_workload_identity(endpoints: Endpoints, tmp_path: Path) -> None:
    """The projected token of a service account is exchanged as in a cluster."""
    file = tmp_path / "token"
    file.write_text(assertion())
    signed_in = WorkloadIdentityCredential(
        tenant_id=TENANT,
        client_id=CLIENT,
        token_file_path=str(file),
        authority=endpoints.authority,
        disable_instance_discovery=True,
        connection_verify=str(endpoints.ca),
    )
    assert signed_in.get_token(METRICS_SCOPE).token


def test_azure_identity_shows_the_refusal(endpoints: Endpoints) -> None:
    """A wrong secret reaches the user with Entra's own number."""
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        credential(endpoints, secret="wrong").get_token(ARM_SCOPE)


def test_nobody_trusts_it_without_its_ca(endpoints: Endpoints) -> None:
    """Its certificate comes from its own CA alone."""
    with httpx.Client() as stranger, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        stranger.get(endpoints.admin + "/clock")


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("management.azure.com", f"/subscriptions/{SHOP}/resources?api-version=2025-04-01", 200),
        ("login.microsoftonline.com", f"/{TENANT}/v2.0/.well-known/openid-configuration", 200),
        (
            "westeurope.metrics.monitor.azure.com",
            f"/subscriptions/{SHOP}/metrics:getBatch?api-version=2024-02-01",
            401,
        ),
        ("swedencentral.metrics.monitor.azure.cn", f"/subscriptions/{SHOP}/metrics:getBatch", 401),
    ],
)
def test_real_host_names(
    endpoints: Endpoints, client: httpx.Client, host: str, path: str, status: int
) -> None:
    """A client whose name resolution leads here uses Azure's own names; the certificate holds them."""
    context = ssl.create_default_context(cafile=endpoints.ca)
    method = "POST" if "getBatch" in path else "GET"
    token = client.headers["authorization"]
    request = (
        f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    with (
        socket.create_connection(("127.0.0.1", endpoints.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        connection.sendall(request.encode())
        assert connection.recv(64).startswith(f"HTTP/1.1 {status}".encode())


def test_reset_connection(endpoints: Endpoints, client: httpx.Client) -> None:
    """The connection is reset before a reply."""
    order(client, endpoints, kind="reset", apis=["resources"], times=1)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        client.get(resources(endpoints))
    assert client.get(resources(endpoints)).status_code == 200


def test_truncated_reply(endpoints: Endpoints, client: httpx.Client) -> None:
    """The body ends before its content-length."""
    order(client, endpoints, kind="truncated", apis=["resources"], times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(resources(endpoints))
    assert client.get(resources(endpoints)).status_code == 200


def test_slow_reply(endpoints: Endpoints, client: httpx.Client) -> None:
    """A reply slower than the client's patience; others are answered meanwhile."""
    order(client, endpoints, kind="slow", apis=["resources"], delay=3, times=1)
    with pytest.raises(httpx.ReadTimeout):
        client.get(resources(endpoints), timeout=0.5)
    assert client.get(resources(endpoints)).status_code == 200


def test_gzip_and_html(endpoints: Endpoints, client: httpx.Client) -> None:
    """A packed document is unpacked by any client; a proxy's page is what it is."""
    order(client, endpoints, kind="gzip", apis=["resources"], times=1)
    assert len(client.get(resources(endpoints)).json()["value"]) == 6
    order(client, endpoints, kind="html", apis=["resources"], times=1)
    reply = client.get(resources(endpoints))
    assert (reply.status_code, reply.headers["content-type"]) == (502, "text/html")


def test_date_is_simulated(endpoints: Endpoints, client: httpx.Client) -> None:
    """The Date header tells the simulated time, so that a client can see a clock jump."""
    assert client.get(resources(endpoints)).headers["date"] == "Mon, 02 Mar 2026 12:00:00 GMT"


def test_own_pages(endpoints: Endpoints, client: httpx.Client) -> None:
    """Health and metrics on the same port."""
    origin = endpoints.arm.removesuffix("/arm")
    assert client.get(f"{origin}/healthz").text == "ok\n"
    assert client.get(f"{origin}/readyz").text == "ok\n"
    assert "azure_simulator_requests_total" in client.get(f"{origin}/metrics").text
