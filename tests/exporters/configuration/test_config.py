"""The configuration file: what is right is loaded, what is wrong is answered whole.

`python -m tests.exporters.configuration.test_config` writes the expectations anew; read the difference before
committing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from estate.errors import EstateInvalid
from estate.findings import Finding
from exporters.configuration.endpoints import Endpoints
from exporters.configuration.load import load
from exporters.serving.runtime import Runtime
from tests.exporters.doubles import DATA

BAD = DATA / "exporters" / "bad"
FILES = sorted(BAD.glob("*.yaml"))

GOOD = """\
apiVersion: singlepane/v1
name: everything
cluster: prod-weu
tenants: {main: {id: 6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001}}
subscriptions: {prod: {id: 2b1c8f30-7d51-4c8e-9a46-3f1f6d2b0002, tenant: main}}
azure: {authority: "https://login.microsoftonline.us", arm_scope: "https://management.usgovcloudapi.net/.default"}
inventory:
  estate: shop
  hub: hub-weu
  clusters:
    hub-weu: {region: westeurope, subscription: hub, version: "1.36"}
exporters:
  azure:
    kind: azure
    scope: [prod]
    metrics: [{type: Microsoft.Storage/storageAccounts, names: [Ingress, Egress]}]
  shop:
    kind: json
    url: https://api.shop.example/orders
    metrics: [{name: orders_total, type: counter, help: Orders., value: total}]
  inventory: {kind: estate}
"""


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """As if the user stood in this folder: findings name files as they were given."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def findings(file: str) -> tuple[Finding, ...]:
    """All findings of a bad file."""
    with inside(BAD):
        try:
            load(Path(file))
        except EstateInvalid as invalid:
            return invalid.findings
    return ()


def transcript(found: Iterable[Finding]) -> str:
    """Findings as a person reads them."""
    lines = []
    for each in found:
        lines.append(f"{each.position} {each.severity} {each.code} {each.path}".rstrip())
        lines.append(f"    {each.message}")
        lines += [f"    -> {each.fix}"] if each.fix else []
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_bad_files_are_answered(file: Path) -> None:
    """Every finding of every bad file: place, code, sentence and fix, compared whole."""
    assert transcript(findings(file.name)) == file.with_suffix(".expected").read_text()


def test_bad_files_are_many() -> None:
    """More than a hundred kinds of mistakes, none without an answer, and no secret in any of them."""
    assert len(FILES) >= 100
    assert {each.stem for each in FILES} == {each.stem for each in BAD.glob("*.expected")}
    for file in FILES:
        assert findings(file.name)
        assert "hunter2" not in transcript(findings(file.name))


def test_a_good_file(tmp_path: Path) -> None:
    """All kinds of rows in one file, with another cloud's endpoints and the public defaults beside them."""
    file = tmp_path / "exporter.yaml"
    file.write_text(GOOD)
    config = load(file)
    assert list(config.exporters) == ["azure", "shop", "inventory"]
    assert config.azure == Endpoints(
        authority="https://login.microsoftonline.us",
        arm_scope="https://management.usgovcloudapi.net/.default",
    )
    assert config.azure.metrics == "https://{region}.metrics.monitor.azure.com"


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(EstateInvalid) as caught:
        load(tmp_path / "none.yaml")
    assert [each.code for each in caught.value.findings] == ["file-missing"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just("json"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "url", "metrics", "id", "x", "scope", "name"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(yaml.safe_load(GOOD))), VALUES)
def test_no_file_is_a_crash(tmp_path_factory: pytest.TempPathFactory, key: str, value: object) -> None:
    """Whatever stands under a key, the answer is a configuration or findings."""
    file = tmp_path_factory.getbasetemp() / "fuzzed.yaml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(GOOD), key: value}, allow_unicode=True))
    try:
        load(file)
    except EstateInvalid as invalid:
        assert all(each.message and each.code for each in invalid.findings)


WARNED = f"""{GOOD.split("exporters:", maxsplit=1)[0]}exporters:
  azure:
    kind: azure
    scope: [prod]
    metrics:
      - {{type: Microsoft.Storage/storageAccounts, names: [Ingress]}}
      - {{type: microsoft.storage/storageaccounts, names: [ingress], dimensions: [ApiName]}}
"""


async def test_warnings_are_kept_and_said(tmp_path: Path) -> None:
    """What is no error does not stop the exporter, and stands in its log with its place."""
    file = tmp_path / "exporter.yaml"
    file.write_text(WARNED)
    config = load(file)
    assert [(each.code, each.position.line) for each in config.warnings] == [("azure-metric-split", 18)]
    runtime = Runtime(config, file, None)
    with capture_logs() as said:
        await runtime.start()
        await runtime.stop()
    assert [(each["log_level"], each["code"]) for each in said if each["event"] == "configuration"] == [
        ("warning", "azure-metric-split")
    ]


if __name__ == "__main__":
    for each in FILES:
        each.with_suffix(".expected").write_text(transcript(findings(each.name)))
