"""A Helm upgrade that fails in the middle, although its dry run was taken."""

from __future__ import annotations

from pathlib import Path

from tests.drill.drill import Drill, Report
from tests.drill.on_clusters import changed, refused, said, settled, unchanged
from tests.kubernetes import scenes
from tests.kubernetes.live import OTHER, Live

ADMISSION = "admissionregistration.k8s.io/v1"


def run(report: Report, _: Path) -> None:
    """Objects before the refused one have changed: they go back, and what does not is named."""
    live = settled(report).live
    place = f"/apis/{ADMISSION}/validatingadmissionpolic"
    _refuse(live)
    report.say("a policy of the cluster refuses ServiceMonitors, but no dry run of them")
    try:
        live.write(scenes.faster)
        said(report, refused(report, live, 0, "-c", OTHER, verb="plan"), "scrapeInterval: 5s -> 6s")
        ran = refused(report, live, 3, "-c", OTHER)
        for words in ("made for this drill", "the roll-out stopped in wave", f"  {OTHER}: "):
            said(report, ran, words)
        lines = ran.err[ran.err.index(f"  {OTHER}: ") :].splitlines()
        report.say(
            f"  {lines[-1].strip() if len(lines) < 3 else ' / '.join(line.strip() for line in lines)}"[:600]
        )
        live.write()
        unchanged(report, live)
    finally:
        live.api(OTHER).delete(f"{place}ybindings/drill")
        live.api(OTHER).delete(f"{place}ies/drill")
    changed(report, live, scenes.faster)
    report.say("without the policy the same goes through")
    unchanged(report, live)


def _refuse(live: Live) -> None:
    policy = {
        "apiVersion": ADMISSION,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "drill"},
        "spec": {
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": ["monitoring.coreos.com"],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE", "UPDATE"],
                        "resources": ["servicemonitors"],
                    }
                ]
            },
            "validations": [
                {"expression": "has(request.dryRun) && request.dryRun", "message": "made for this drill"}
            ],
        },
    }
    binding = {
        "apiVersion": ADMISSION,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": "drill"},
        "spec": {"policyName": "drill", "validationActions": ["Deny"]},
    }
    for each, kind in (
        (policy, "validatingadmissionpolicies"),
        (binding, "validatingadmissionpolicybindings"),
    ):
        live.api(OTHER).apply(f"/apis/{ADMISSION}/{kind}/drill", each, "tests", force=True)


DRILL = Drill(
    name="upgrade-half-applied",
    proves="A Helm upgrade that fails in the middle goes back, and says object by object what did not.",
    run=run,
)
