"""How a dashboard that we published is told from one of somebody else. Pure.

Grafana has no field for an owner, and what a document holds beside its model need not survive. So three
things count together, which a copy made in the browser never has: the tag, a uid of ours (a copy gets one of
Grafana's own), and the folder. What is written says in its message what it was made of, for a Grafana that
keeps a document in another form than it was sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

TAG = "singlepane"
PREFIX = "singlepane-"
FOLDER = "singlepane"


def marked(uid: str, tags: Iterable[Any]) -> bool:
    """Whether a dashboard has our uid and our tag, wherever it is."""
    return uid.startswith(PREFIX) and TAG in tags


def message(version: str, document: Mapping[str, Any]) -> str:
    """What the history of a dashboard says of one that we wrote: by which version, and of what."""
    return f"singlepane {version}, content {_digest(document)}"


def says(text: str, document: Mapping[str, Any]) -> bool:
    """Whether a message says that this document was written, by whatever version."""
    return text.startswith("singlepane ") and text.endswith(f", content {_digest(document)}")


def _digest(document: Mapping[str, Any]) -> str:
    plain = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
