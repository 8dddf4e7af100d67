"""Files of a component: the plain ones become a ConfigMap, the secret ones a Secret that no release holds."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from deploy.targets.documents import dump
from deploy.targets.kubernetes.objects import names
from deploy.targets.kubernetes.objects.canonical import document
from deploy.targets.kubernetes.objects.place import Place, issued, secret, secret_name
from estate.components import Component, File, Template, Text, within
from estate.errors import UsageError

# Of a ConfigMap and of a Secret alike; what is larger the API server refuses.
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class SecretDraft:
    """A Secret whose values are read at the moment of an apply.

    `files` and `environment` become its keys. `references` are what they are made of, for the reader of a
    plan.
    """

    name: str
    labels: Mapping[str, str]
    own: Component
    place: Place
    files: tuple[File, ...] = ()
    environment: Mapping[str, Template] | None = None

    @property
    def references(self) -> tuple[str, ...]:
        """Secret references that its values hold, each once."""
        of_files = [reference for file in self.files for reference in file.references]
        return tuple(dict.fromkeys([*of_files, *within(list((self.environment or {}).values()))]))

    def keys(self) -> tuple[str, ...]:
        """The keys that it has."""
        return (*(names.key(file.path) for file in self.files), *(self.environment or {}))

    def values(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """Key to value, with the values of all references. Raises UsageError as `Place.value` does."""
        place = Place(self.place.estate, self.place.cluster, self.place.components, secrets)
        made = {names.key(file.path): content(place, self.own, file) for file in self.files}
        variables = (self.environment or {}).items()
        return made | {name: place.text(self.own, value) for name, value in variables}

    def data(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """The same in Base64, as a Secret holds it."""
        return {key: base64.b64encode(value.encode()).decode() for key, value in self.values(secrets).items()}


def content(place: Place, own: Component, file: File) -> str:
    """A file as text."""
    if isinstance(file.content, str | Text):
        return place.text(own, file.content)
    return dump(file.content, PurePosixPath(file.path).suffix, partial(place.text, own), document)


def config_map(place: Place, own: Component) -> dict[str, Any] | None:
    """The plain files that are kept together, or None where there are none."""
    together = [file for file in own.files if not secret(file) and not file.apart]
    return _config_map(place, own, own.name, together) if together else None


def apart(place: Place, own: Component) -> Iterator[dict[str, Any]]:
    """A ConfigMap for each plain file that is kept by itself: together they could be too large for one.

    Raises UsageError for one that is too large by itself.
    """
    for file in _apart(own):
        made = _config_map(place, own, _name(own, file), [file])
        if (size := sum(len(text.encode()) for text in made["data"].values())) > MOST_BYTES:
            raise UsageError(
                f"{file.path} of {own.name} has {size:,} bytes; a ConfigMap holds {MOST_BYTES:,}",
                "Make it smaller, for example two of it.",
            )
        yield made


def _config_map(place: Place, own: Component, name: str, of: Iterable[File]) -> dict[str, Any]:
    data = {names.key(file.path): content(place, own, file) for file in of}
    return {"kind": "ConfigMap", "name": name, "labels": names.labels(own), "data": data}


def _apart(own: Component) -> Iterator[File]:
    return (file for file in own.files if file.apart and not secret(file))


def _name(own: Component, file: File) -> str:
    return f"{own.name}-{PurePosixPath(file.path).stem}"


def checksum(data: Mapping[str, str]) -> str:
    """Changes with every change of the data, so that pods that carry it are made anew."""
    digest = hashlib.sha256()
    for key in sorted(data):
        digest.update(f"{key}\0{len(data[key])}\0{data[key]}".encode())
    return digest.hexdigest()[:16]


def drafts(place: Place, own: Component) -> tuple[SecretDraft, ...]:
    """The Secrets of a component that are applied: secret files and variables but those that are mounted."""
    made = []
    files = tuple(file for file in own.files if _ours(place, file))
    if files:
        made.append(SecretDraft(secret_name(own), names.labels(own), own, place, files))
    variables = secret_variables(place, own)
    if variables:
        made.append(SecretDraft(f"{own.name}-env", names.labels(own), own, place, (), variables))
    return tuple(made)


def secret_variables(place: Place, own: Component) -> dict[str, Template]:
    """Variables of the environment that are set from a Secret of ours."""
    return {
        name: value
        for name, value in own.environment.items()
        if (references := within(value)) and not place.mounted(references)
    }


def _ours(place: Place, file: File) -> bool:
    """Whether a file is in a Secret that is applied, and neither mounted from a vault nor cert-manager's."""
    return secret(file) and not issued(file) and not place.mounted(file.references)


def volume(place: Place, own: Component, folder: str = "") -> dict[str, Any] | None:
    """One volume that lays files out under their paths, or None without any; `folder`: those in it alone."""
    files = [file for file in own.files if file.path.startswith(f"{folder}/" if folder else "")]
    plain = _items(file for file in files if not secret(file) and not file.apart)
    hidden = _items(file for file in files if _ours(place, file))
    of_issuer = [{"key": issued(file), "path": file.path} for file in files if issued(file)]
    sources: list[dict[str, Any]] = []
    if plain:
        sources.append({"configMap": {"name": own.name, "items": plain}})
    sources += [{"configMap": {"name": _name(own, file), "items": _items((file,))}} for file in _apart(own)]
    if hidden:
        sources.append({"secret": {"name": secret_name(own), "items": hidden}})
    if of_issuer:
        sources.append({"secret": {"name": names.CERTIFICATE, "items": of_issuer}})
    # 0440: readable by the pod's group alone.
    return {"name": "files", "projected": {"defaultMode": 0o440, "sources": sources}} if sources else None


def _items(files: Iterable[File]) -> list[dict[str, str]]:
    return [{"key": names.key(file.path), "path": file.path} for file in files]
