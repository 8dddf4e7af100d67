"""Replies of Azure in the shape of their contract."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from exporters.azure.errors import BYTE_ORDER_MARK, BadReply

Shape = TypeVar("Shape")


def decoded(body: bytes | msgspec.Raw, shape: type[Shape], api: str) -> Shape:
    """A reply, typed; unknown keys are ignored. Raises BadReply, also for an empty body or an HTML page."""
    try:
        return msgspec.json.decode(_unmarked(body), type=shape)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        text = bytes(body).lstrip()
        if not text:
            reason = "is empty"
        elif text[:1] == b"<":
            reason = "is an HTML page"
        else:
            reason = f"is not what the contract says: {error}"
        raise BadReply(f"{api}: the reply {reason}"[:300], api=api) from None


def _unmarked(body: bytes | msgspec.Raw) -> bytes | msgspec.Raw:
    return body.removeprefix(BYTE_ORDER_MARK) if isinstance(body, bytes) else body
