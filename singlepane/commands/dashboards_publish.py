"""`singlepane dashboards publish`: our dashboards in a Grafana of yours, or as files that one reads."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from dashboards.publishing.files import LABEL, config_maps, provisioning
from dashboards.publishing.marks import FOLDER
from dashboards.render import documents
from deploy.targets.kubernetes.objects.canonical import document as yaml
from deploy.targets.kubernetes.rendering import folder as folders
from estate.errors import SurroundingsError, UsageError
from estate.names import OBJECT_LABEL
from singlepane import output

# What Grafana takes as a uid, and ConfigMaps' sidecar as a folder.
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_TO_GRAFANA, _AS_FILES = "To a Grafana", "As files"


def publish(
    url: Annotated[
        str,
        typer.Option("--url", help="Root of the Grafana, with its path if any.", rich_help_panel=_TO_GRAFANA),
    ] = "",
    token: Annotated[
        str,
        typer.Option(
            "--token",
            metavar="REFERENCE",
            help="A service account's token: `env:NAME`, `file:PATH`, `keyvault:VAULT/NAME`; or `entra` for "
            "Azure Managed Grafana, as who is signed in to Azure here.",
            rich_help_panel=_TO_GRAFANA,
        ),
    ] = "",
    *,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be done, and do none.", rich_help_panel=_TO_GRAFANA),
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show every key that differs.", rich_help_panel=_TO_GRAFANA)
    ] = False,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="With --dry-run: exit with 1 when something would change.",
            rich_help_panel=_TO_GRAFANA,
        ),
    ] = False,
    take_over: Annotated[
        bool,
        typer.Option(
            "--take-over",
            help="Overwrite dashboards that have a uid of ours and are not ours.",
            rich_help_panel=_TO_GRAFANA,
        ),
    ] = False,
    ca_file: Annotated[
        Path | None,
        typer.Option(
            "--ca-file",
            exists=True,
            dir_okay=False,
            help="PEM of the CA that signed the Grafana's certificate.",
            rich_help_panel=_TO_GRAFANA,
        ),
    ] = None,
    provision: Annotated[
        Path | None,
        typer.Option(
            "--provisioning",
            file_okay=False,
            metavar="FOLDER",
            help="Write a provider and the dashboards for Grafana's provisioning.",
            rich_help_panel=_AS_FILES,
        ),
    ] = None,
    path: Annotated[
        str,
        typer.Option("--path", help="Where Grafana will find them there.", rich_help_panel=_AS_FILES),
    ] = "/var/lib/grafana/dashboards/singlepane",
    configmaps: Annotated[
        Path | None,
        typer.Option(
            "--configmaps",
            file_okay=False,
            metavar="FOLDER",
            help="Write a ConfigMap for each, for the sidecar of Grafana's charts.",
            rich_help_panel=_AS_FILES,
        ),
    ] = None,
    label: Annotated[
        str,
        typer.Option("--label", help="The label that the sidecar looks for.", rich_help_panel=_AS_FILES),
    ] = LABEL,
    folder: Annotated[
        str,
        typer.Option("--folder", help="Grafana's folder: its uid, and its name when it is made."),
    ] = FOLDER,
    form: output.FormatOption = output.Format.text,
) -> None:
    """Bring our dashboards to a Grafana of yours, or write them as files that one reads.

    With --url: its HTTP API, Grafana 11 to 13 and Azure Managed Grafana. What is there is read and compared
    first; what is as it should be is not written. A dashboard that this version has no more is deleted, if it
    is ours: in the folder, with the tag singlepane and a uid that begins with `singlepane-`. Copies of ours
    and all other dashboards stay as they are. Who saves a dashboard in the meantime is not overwritten.

    The token needs the role Editor. It is named by a reference, never written here, and never shown.

    With --provisioning or --configmaps: files. In a folder of an earlier run, what is not written any more is
    deleted.

    Exit code 0 done; 1 with --exit-code, when something would change; 2 wrong usage; 3 the Grafana is not
    reached, or refuses.

    Examples: `singlepane dashboards publish --url https://grafana.example.com --token env:GRAFANA_TOKEN
    --dry-run --diff`, `singlepane dashboards publish --url https://shop-a1b2.weu.grafana.azure.com
    --token entra`, `singlepane dashboards publish --configmaps grafana/`
    """
    ways = [way for way in (url, provision, configmaps) if way]
    if len(ways) != 1:
        raise UsageError(
            "name one place to publish to",
            "--url for a running Grafana, --provisioning or --configmaps for files.",
        )
    if not _UID.fullmatch(folder):
        raise UsageError(
            f"--folder {folder!r} is no uid of a folder", "Use at most 40 letters, digits, '-' and '_'."
        )
    if provision is not None:
        _written(provision, provisioning(path, folder))
        output.message(f"in Grafana: singlepane.yaml into provisioning/dashboards, singlepane/ to {path}")
        return
    if configmaps is not None:
        made = config_maps(folder, _label(label))
        _written(configmaps, ((f"{each['metadata']['name']}.yaml", yaml(each)) for each in made))
        return
    _to_grafana(
        url, token, folder, form, ca_file, dry_run=dry_run, diff=diff, exit_code=exit_code, take=take_over
    )


def _to_grafana(
    url: str,
    reference: str,
    folder: str,
    form: output.Format,
    ca_file: Path | None,
    *,
    dry_run: bool,
    diff: bool,
    exit_code: bool,
    take: bool,
) -> None:
    from dashboards.publishing.api import Grafana  # noqa: PLC0415 - httpx takes half a second to load
    from dashboards.publishing.publish import carry_out, plan  # noqa: PLC0415 - as above
    from singlepane import grafana_token, shown_publishing  # noqa: PLC0415 - as above

    where = _address(url, entra=reference == grafana_token.ENTRA)
    if not reference:
        raise UsageError("--token: say where the token is", "such as --token env:GRAFANA_TOKEN")
    with Grafana(where, grafana_token.token(reference), _trust(ca_file)) as grafana:
        found = plan(grafana, list(documents().values()), folder)
        if form is output.Format.text:
            for line in shown_publishing.text(found, where, diff):
                output.console.print(line, markup=False)
        if not dry_run:
            _allowed([each.refused for each in found.wanted], [each.held for each in found.wanted], take)
            carry_out(grafana, found, version("singlepane"), output.message)
    if form is output.Format.json:
        output.document(shown_publishing.document(found, where, not dry_run))
    if dry_run and exit_code and found.wanted:
        raise typer.Exit(1)


def _allowed(refused: Iterable[str], held: Iterable[str], take: bool) -> None:
    """Nothing is begun that cannot be finished, or that overwrites what is not ours."""
    if reasons := [each for each in refused if each]:
        raise SurroundingsError(
            f"nothing was changed: {len(reasons)} cannot be published: {reasons[0]}",
            "Take them out of its provisioning files or ConfigMaps, or leave the publishing: one is enough.",
        )
    if (reasons := [each for each in held if each]) and not take:
        raise SurroundingsError(
            f"nothing was changed: {len(reasons)} with a uid of ours are not ours: {reasons[0]}",
            "Give them another uid there, or overwrite them with --take-over.",
        )


def _address(url: str, *, entra: bool) -> str:
    """The Grafana's root. Raises UsageError, which shows no user and no password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise UsageError("--url is no address", "Write one such as https://grafana.example.com.")
    if parts.username or parts.password:
        raise UsageError("--url holds a user or a password", "Leave them out; --token names the token.")
    if parts.scheme == "http" and not _loopback(host):
        if entra:
            raise UsageError(f"a token of Entra does not go to {host} over plain HTTP", "Write https://.")
        output.message(f"the token goes to {host} over plain HTTP: whoever listens on the way has it")
    return url.rstrip("/")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _trust(ca_file: Path | None) -> ssl.SSLContext | bool:
    if ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (ssl.SSLError, OSError) as error:
        raise SurroundingsError(
            f"--ca-file {ca_file} holds no certificates: {error.strerror or error}", "It is a file of PEM."
        ) from None


def _label(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not OBJECT_LABEL.fits(name) or not re.fullmatch(r"[A-Za-z0-9._-]{0,63}", value):
        raise UsageError(f"--label {text!r} is no label", f"Write NAME=VALUE, such as {LABEL}.")
    return name, value


def _written(target: Path, made: Iterable[tuple[str, str]]) -> None:
    """Files into a folder of ours. Raises UsageError for a folder of other things, and SurroundingsError."""
    try:
        place = folders.opened(target)
        done = dict(place.put(made))
        gone = place.close(tuple(done))
    except OSError as error:
        raise SurroundingsError(
            f"{target} cannot be written: {error.strerror}", "Name a folder that can be written."
        ) from None
    deleted = f", {gone} deleted" if gone else ""
    output.message(f"{len(done)} files in {target}: {sum(done.values())} written{deleted}")
