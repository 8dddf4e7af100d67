"""The whole example of docs/simulators.md works as it stands, with nothing but its address changed."""

from __future__ import annotations

import re
import shlex
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from simulators.azure import fleetfile, server

ROOT = Path(__file__).parents[2]
EXAMPLE = (
    (ROOT / "docs" / "simulators.md").read_text().partition("### A whole example")[2].partition("\n## ")[0]
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Origin and CA file of a simulator of the example's fleet."""
    folder = tmp_path_factory.mktemp("example")
    fleet = fleetfile.load(ROOT / "examples" / "shop" / "fleet.yaml")
    with server.simulated(fleet, folder) as (endpoints, _):
        yield endpoints.arm.removesuffix("/arm"), endpoints.ca


def blocks(language: str, place: tuple[str, Path]) -> list[str]:
    """The page's blocks, at this simulator's address."""
    origin, ca = place
    found = re.findall(rf"```{language}\n(.*?)```", EXAMPLE, re.DOTALL)
    return [
        text.replace("https://127.0.0.1:8443", origin).replace("simulator-ca/ca.pem", str(ca))
        for text in found
    ]


def curl(command: str) -> httpx.Response:
    """What curl would do: `-s`, `--cacert FILE`, `-H HEADER`, `-d DATA`, and an address."""
    words = iter(shlex.split(command)[1:])
    url = ca = ""
    headers: dict[str, str] = {}
    data: list[str] = []
    for word in words:
        if word == "--cacert":
            ca = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            data.append(next(words))
        elif word != "-s":
            assert not url, word
            url = word
    trust = ssl.create_default_context(cafile=ca)
    if not data:
        return httpx.get(url, headers=headers, verify=trust, trust_env=False)
    headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return httpx.post(url, headers=headers, content="&".join(data), verify=trust, trust_env=False)


def test_curl(place: tuple[str, Path]) -> None:
    """A token, a batch with it, and the truth."""
    batch, truth = blocks("sh", place)
    sign_in, _, rest = batch.replace("\\\n", " ").partition(" | python3")
    token = curl(sign_in.removeprefix("token=$(")).json()["access_token"]
    reply = curl(rest.partition("\n")[2].replace("$token", token))
    assert reply.status_code == 200, reply.text
    (item,) = reply.json()["values"]
    assert any("average" in point for point in item["value"][0]["timeseries"][0]["data"])
    asked = curl(truth)
    assert (asked.status_code, asked.json()["settled"]) == (200, True)


def test_published_libraries(place: tuple[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The program prints a line for the metric."""
    (program,) = blocks("python", place)
    exec(compile(program, "docs/simulators.md", "exec"), {})  # noqa: S102 - our own page
    assert re.fullmatch(
        r"ServiceApiLatency MilliSeconds \d+ values, the newest \d+(\.\d+)?\n", capsys.readouterr().out
    )
