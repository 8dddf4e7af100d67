"""Quantities as Kubernetes reads them, and as sentences say them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from deploy.targets.kubernetes.checks.amount import amount, spoken
from deploy.targets.kubernetes.checks.asking import of_pod
from deploy.targets.kubernetes.checks.numbers import version
from deploy.targets.kubernetes.checks.removals import removed


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1500m", "1.5"),
        ("1.5", "1.5"),
        (2, "2"),
        ("2Gi", "2147483648"),
        ("1e3", "1000"),
        ("12E", "12000000000000000000"),
        ("1k", "1000"),
        ("100n", "0.0000001"),
        ("+.5Ki", "512"),
    ],
)
def test_a_quantity_is_exact(text: str | int, number: str) -> None:
    """In its base unit, whatever way it is written."""
    assert amount(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "Gi", "1 Gi", "1gi", "1.5.0", "\u0661", "1e", "1K", "0x10"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    """As the API server refuses it."""
    with pytest.raises(ValueError, match="is no quantity"):
        amount(text)


@pytest.mark.parametrize(
    ("number", "resource", "text"),
    [
        (Decimal("1.500"), "cpu", "1.5"),
        (Decimal(2000), "cpu", "2000"),
        (Decimal(4365221888), "memory", "4.1Gi"),
        (Decimal(0), "memory", "0"),
        (Decimal(-(2**30)), "requests.memory", "-1Gi"),
        (Decimal(512), "requests.storage", "512"),
    ],
)
def test_an_amount_is_said_shortly(number: Decimal, resource: str, text: str) -> None:
    """Bytes in the unit that suits, everything else as it is."""
    assert spoken(number, resource) == text


def test_a_pod_asks_for_its_containers_or_for_the_one_that_runs_first() -> None:
    """Whatever is more; one that stays beside the others is added; a limit alone is a request, too."""

    def asks(**resources: str) -> dict[str, object]:
        return {"resources": {"requests": resources}}

    beside = {**asks(cpu="50m"), "restartPolicy": "Always"}
    spec = {
        "containers": [asks(cpu="100m", memory="1Gi"), {"resources": {"limits": {"memory": "1Gi"}}}, {}],
        "initContainers": [asks(cpu="1", memory="64Mi"), beside],
    }
    assert of_pod(spec) == {"cpu": Decimal(1), "memory": Decimal(2**31)}
    assert of_pod(spec, "limits") == {"memory": Decimal(2**30)}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("v1.36.3-gke.100", (1, 36, 3)),
        ("1.25", (1, 25, 0)),
        ("v0.42.4", (0, 42, 4)),
        ("latest", None),
        ("3", None),
        ("", None),
    ],
)
def test_a_version_is_its_first_numbers(text: str, number: tuple[int, int, int] | None) -> None:
    """As far as it has any."""
    assert version(text) == number


@pytest.mark.parametrize(
    ("api", "kind", "release", "since"),
    [
        ("policy/v1beta1", "PodDisruptionBudget", (1, 24), None),
        ("policy/v1beta1", "PodDisruptionBudget", (1, 25), "1.25"),
        ("storage.k8s.io/v1beta1", "CSIStorageCapacity", (1, 26), None),
        ("storage.k8s.io/v1beta1", "StorageClass", (1, 26), "1.22"),
        ("extensions/v1beta1", "Deployment", (1, 36), "1.16"),
        ("apps/v1", "Deployment", (1, 36), None),
    ],
)
def test_an_api_is_served_until_its_release(
    api: str, kind: str, release: tuple[int, int], since: str | None
) -> None:
    """By group, version and kind: one group may keep some of its kinds."""
    gone = removed(api, kind, release)
    assert (gone[0] if gone else None) == since
