"""`singlepane images`: every container image that the clusters pull."""

from __future__ import annotations

from deploy.targets.kubernetes.objects.images import all_of
from estate.load import load
from singlepane import output
from singlepane.which import EstateArgument, estate_file


def images(estate: EstateArgument = None, format: output.FormatOption = output.Format.text) -> None:
    """List every container image that the clusters of an estate pull, one a line.

    For a registry without a way to the internet: copy each image there under its full name, and name the
    registry as `images.mirror`. The list is then that of the mirror.

    Example: `singlepane images estate.yaml | xargs -n1 crane manifest`
    """
    listed = all_of(load(estate_file(estate)).estate)
    if format is output.Format.json:
        output.document({"images": list(listed)})
        return
    for each in listed:
        output.console.print(each, markup=False)
