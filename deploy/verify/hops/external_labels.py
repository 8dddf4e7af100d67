"""Third hop: Prometheus carries exactly the external labels of the estate, and its samples are fresh."""

from __future__ import annotations

from deploy.verify.ground import Broken, Ground
from deploy.verify.hop import Hop
from deploy.verify.prometheus import configured
from deploy.verify.replica import Replica, matcher_text
from deploy.verify.series import instant


async def prove(ground: Ground, replica: Replica) -> str:
    """Compare the running configuration, then ask for the newest sample's age."""
    running = await configured(ground, replica.prometheus)
    if not replica.carried(running.external_labels):
        raise Broken(
            f"{replica.prometheus} has the external labels {matcher_text(running.external_labels)} "
            f"where the estate gives it {matcher_text(replica.labels)}",
            "Run `singlepane up` again so that it gets the estate's labels; "
            "blocks that it uploaded meanwhile stay under the wrong ones.",
            final=True,
        )
    # Subtracted inside the query, so that both times are of one clock.
    newest = await instant(ground, replica.prometheus, "min(time() - timestamp(up))")
    if not newest:
        raise Broken(
            f"{replica.prometheus} holds no sample of the last minutes",
            f"See why with `singlepane logs {replica.prometheus}`: its disk may be full or its clock wrong.",
        )
    if newest[0].value > running.fresh_seconds:
        raise Broken(
            f"the newest sample of {replica.prometheus} is {newest[0].value:.0f} s old, "
            f"with a scrape interval of {running.scrape_interval} s",
            f"See why with `singlepane logs {replica.prometheus}`: its disk may be full or its clock wrong.",
        )
    return f"{matcher_text(replica.labels)}, newest sample {newest[0].value:.0f} s old"


HOP = Hop(
    name="external-labels",
    proves="Prometheus carries exactly the estate's external labels and takes in fresh samples.",
    scope="replica",
    patience=20,
    prove=prove,
)
