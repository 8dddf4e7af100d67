"""Changes that lose something, each with a code and what it means: whoever applies must allow them.

Pure: each looks at one object as it is and as it would be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.targets.kubernetes.objects import quantity
from estate.quantities import seconds

Manifest = Mapping[str, Any]
# All codes. docs/plan.md has a row for each.
CODES = (
    "stream-cut",
    "samples-deleted",
    "blocks-deleted",
    "volume-shrinks",
    "statefulset-recreated",
    "prometheus-deleted",
    "silences-deleted",
    "volume-deleted",
)


@dataclass(frozen=True, slots=True)
class Consequence:
    """`code` is what `--allow` takes; `what` is one sentence."""

    code: str
    what: str


def of_change(before: Manifest, after: Manifest) -> Iterator[Consequence]:
    """What a change of an object loses."""
    for check in CHANGES:
        yield from check(before, after)


def of_deletion(before: Manifest) -> Iterator[Consequence]:
    """What is lost with an object."""
    kind, name = before["kind"], before["metadata"]["name"]
    if kind == "Prometheus":
        yield Consequence(
            "prometheus-deleted",
            f"Prometheus {name} goes, and with it what it has not yet put into the bucket (up to 3 hours)",
        )
    elif kind == "PersistentVolumeClaim":
        yield Consequence("volume-deleted", f"the volume {name} goes with what is on it")
    elif kind == "Alertmanager":
        yield Consequence("silences-deleted", f"Alertmanager {name} goes, and with it all silences")


def _labels(before: Manifest, after: Manifest) -> Iterator[Consequence]:
    """External labels name a stream of blocks for ever: https://thanos.io/tip/components/compact.md/."""
    if before["kind"] != "Prometheus":
        return
    old, new = (each["spec"].get("externalLabels") or {} for each in (before, after))
    if old == new or not _ships(before):
        return
    names = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    yield Consequence(
        "stream-cut",
        f"the external label {', '.join(names)} changes: blocks from now on are another stream, which is "
        "compacted by itself, and graphs over the change show two series",
    )


def _ships(prometheus: Manifest) -> bool:
    """Whether it has a sidecar: without one there is no stream of blocks that could be cut."""
    return bool(prometheus["spec"].get("thanos"))


def _replica_label(before: Manifest, after: Manifest) -> Iterator[Consequence]:
    key = "replicaExternalLabelName"
    if before["kind"] != "Prometheus" or not _ships(before):
        return
    # What the operator takes where nothing is written.
    old, new = (each["spec"].get(key, "prometheus_replica") for each in (before, after))
    if old != new:
        yield Consequence("stream-cut", "the replica label is renamed: every stream of blocks begins anew")


def _retention(before: Manifest, after: Manifest) -> Iterator[Consequence]:
    if before["kind"] != "Prometheus":
        return
    old, new = (each["spec"].get("retention") for each in (before, after))
    if old and new and seconds(new) < seconds(old):
        yield Consequence(
            "samples-deleted", f"local retention goes from {old} to {new}: older samples are deleted at once"
        )


def _compactor(before: Manifest, after: Manifest) -> Iterator[Consequence]:
    """What the compactor deletes is gone for good."""
    old, new = (_arguments(each, "--retention.resolution-") for each in (before, after))
    for name in sorted(old.keys() & new.keys()):
        if seconds(new[name]) < seconds(old[name]):
            resolution = name.removeprefix("--retention.resolution-")
            yield Consequence(
                "blocks-deleted",
                f"{resolution} blocks are kept for {new[name]} in place of {old[name]}: older ones are "
                "deleted from the bucket",
            )


def _arguments(manifest: Manifest, prefix: str) -> dict[str, str]:
    template = manifest.get("spec", {}).get("template", {}) if manifest["kind"] != "Prometheus" else {}
    words = [word for each in template.get("spec", {}).get("containers", ()) for word in each.get("args", ())]
    pairs = (word.partition("=") for word in words if word.startswith(prefix))
    return {name: value for name, _, value in pairs}


def _volume(before: Manifest, after: Manifest) -> Iterator[Consequence]:
    old, new = _claimed(before), _claimed(after)
    for name in sorted(old.keys() & new.keys()):
        if quantity.mebibytes(new[name]) < quantity.mebibytes(old[name]):
            yield Consequence(
                "volume-shrinks",
                f"volumes cannot shrink: the claims of {before['metadata']['name']} stay at {old[name]}, and "
                f"new ones get {new[name]}",
            )


def _recreated(before: Manifest, after: Manifest) -> Iterator[Consequence]:
    """https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/ (what may not be changed)."""
    if before["kind"] == "StatefulSet":
        fixed = ("volumeClaimTemplates", "selector", "serviceName", "podManagementPolicy")
        if any(_fixed(before, key) != _fixed(after, key) for key in fixed if key in after["spec"]):
            yield Consequence(
                "statefulset-recreated",
                f"StatefulSet {before['metadata']['name']} must be deleted and made anew: its pods go on "
                f"until new ones take their place{_kept(before, after)}",
            )
    elif before["kind"] in ("Prometheus", "Alertmanager") and _claimed(before) != _claimed(after):
        yield Consequence(
            "statefulset-recreated",
            f"the operator makes the StatefulSet of {before['metadata']['name']} anew: all its pods are away "
            f"meanwhile{_kept(before, after)}",
        )


def _kept(before: Manifest, after: Manifest) -> str:
    """What becomes of the claims that are there."""
    old, new = _claimed(before), _claimed(after)
    grows = [
        name
        for name in old.keys() & new.keys()
        if quantity.mebibytes(new[name]) > quantity.mebibytes(old[name])
    ]
    if not grows:
        return ""
    return "; of the claims that are there those grow whose class can, others keep their size"


def _fixed(manifest: Manifest, key: str) -> Any:
    if key == "volumeClaimTemplates":
        return {
            row["metadata"]["name"]: (row["spec"]["resources"], row["spec"].get("storageClassName"))
            for row in manifest["spec"].get(key, ())
        }
    return manifest["spec"].get(key)


def _claimed(manifest: Manifest) -> dict[str, str]:
    """Sizes of claims by name."""
    spec = manifest.get("spec", {})
    rows = [(row["metadata"]["name"], row["spec"]) for row in spec.get("volumeClaimTemplates", ())]
    template = (spec.get("storage") or {}).get("volumeClaimTemplate") if isinstance(spec, Mapping) else None
    if template:
        rows.append(("data", template["spec"]))
    return {name: row["resources"]["requests"]["storage"] for name, row in rows}


CHANGES: tuple[Callable[[Manifest, Manifest], Iterator[Consequence]], ...] = (
    _labels,
    _replica_label,
    _retention,
    _compactor,
    _volume,
    _recreated,
)
