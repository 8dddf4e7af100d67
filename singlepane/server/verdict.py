"""The one sentence on the whole estate, for a reader with two seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from singlepane.server.facts import Facts
from singlepane.server.health import ClusterHealth, Level
from singlepane.server.words import ago, count, named

# Different reasons that the verdict itself tells; the rows below tell all.
GROUPS = 3
CRITICAL = 8


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the estate is: a level, a headline of a few words, and lines that say why, one thing in each."""

    level: Level
    headline: str
    lines: tuple[str, ...]

    @property
    def detail(self) -> str:
        """All lines as one text."""
        return " ".join(self.lines)


def verdict(facts: Facts, clusters: Sequence[ClusterHealth]) -> Verdict:
    """The verdict on all clusters. `clusters` are worst first, as `health.clusters` gives them."""
    if facts.status.value is None:
        why = facts.status.problem or facts.witness.unsaid
        up = facts.advised(facts.witness.start)
        return Verdict("unknown", "Nothing is known to run", (why, up))
    if not facts.alive:
        age = ago(facts.now - facts.status.changed)
        return Verdict(
            "unknown",
            facts.witness.gone,
            (f"{facts.witness.last}, {age} ago.", facts.advised(facts.witness.again)),
        )
    worst = [row for row in clusters if row.level == clusters[0].level]
    if worst[0].level == "bad":
        return _named("bad", worst, len(clusters), "need you")
    if worst[0].level == "unknown":
        return _named("unknown", worst, len(clusters), "are out of sight")
    if worst[0].level == "attention":
        if facts.coming_up():
            starting = Verdict("attention", "Coming up", _reasons(worst))
            return starting if len(worst) > 1 else _named("attention", worst, len(clusters), "")
        return _named("attention", worst, len(clusters), "deserve a look")
    return _proof(facts, clusters)


def _named(level: Level, worst: Sequence[ClusterHealth], total: int, verb: str) -> Verdict:
    """The one cluster by name and by what it has, or how many they are."""
    if len(worst) == 1:
        return Verdict(level, f"{worst[0].name} {worst[0].reasons[0].short}", _reasons(worst))
    number = f"All {total:,} clusters" if len(worst) == total else f"{len(worst):,} of {total:,} clusters"
    return Verdict(level, f"{number} {verb}", _reasons(worst))


def _reasons(worst: Sequence[ClusterHealth]) -> tuple[str, ...]:
    """The first reason of each cluster, equal ones together, every critical alert by name, and how much more
    there is.
    """
    if len(worst) == 1:
        first, *others = worst[0].reasons
        critical = [reason.alert for reason in others if reason.alert]
        more = len(others) - len(critical)
        return (first.text, *_critical(critical), *([f"And {count(more, 'more reason')}."] if more else []))
    groups: dict[str, list[str]] = {}
    for row in worst:
        groups.setdefault(row.reasons[0].text, []).append(row.name)
    critical = [reason.alert for row in worst for reason in row.reasons[1:] if reason.alert]
    if len(groups) == 1:
        return (next(iter(groups)), *_critical(critical))
    shown = list(groups.items())[:GROUPS]
    left = [row for row in worst if row.name not in {name for _, names in shown for name in names}]
    critical += [row.reasons[0].alert for row in left if row.reasons[0].alert]
    return (
        *(f"{named(names)}: {reason}" for reason, names in shown),
        *_critical(critical),
        *([f"And {count(len(left), 'more cluster')}."] if left else []),
    )


def _critical(alerts: Sequence[str]) -> list[str]:
    """Critical alerts by name, which no count stands for."""
    names = list(dict.fromkeys(alerts))
    return [f"Critical as well: {named(names, CRITICAL)}."] if names else []


def _proof(facts: Facts, clusters: Sequence[ClusterHealth]) -> Verdict:
    """All clusters look well; whether that was proven decides."""
    proof, age = facts.verification.value, facts.proof_age()
    whole = f"All {len(clusters):,} clusters are well" if len(clusters) > 1 else f"{clusters[0].name} is well"
    fires = facts.firing()
    nothing = "Nothing fires." if not fires else f"{count(len(fires), 'alert')} of low severity."
    if proof is None and not facts.witness.verifies:
        seen = "Every component answers, the global view has its samples, and every heartbeat comes."
        return Verdict("well", whole, (seen, nothing))
    if proof is None or age is None:
        return Verdict(
            "attention",
            "Running, never verified",
            ("All components are ready, but no verification has followed the data from end to end yet.",),
        )
    if facts.proof_stale():
        return Verdict(
            "attention",
            f"Last verified {ago(age)} ago",
            tuple(filter(None, ("Since then nobody has followed the data from end to end.", facts.attempt))),
        )
    if not proof.ok:
        return Verdict("bad", "The verification failed", ("It found nothing to verify.",))
    return Verdict(
        "well",
        whole,
        (f"All {count(len(proof.results), 'hop')} of the data path were proven {ago(age)} ago.", nothing),
    )
