"""Every key that an estate may hold, read off the model: its type, default, legal values and docs.

One walk serves suggestions, `estate explain`, the reference in docs/estate.md, and the draft that the
checks read where an estate is not valid.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, MinLen
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from estate.model import Cluster, Estate, Row
from estate.quantities import Quantity
from estate.spelling import Spelling

Shape = Literal["row", "map", "list", "value"]
# The step from a map or a list to what each entry is.
EACH = "*"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what may stand under it.

    `kind` says the type in words, `allowed` the legal values where they can be listed, `rule` what else is
    legal. `children` are a row's keys, or `{"*": …}` for the entries of a map or list, whose names follow
    `names`. `variants` are the rows that a row's `kind` chooses from; `children` then holds what all of
    them have.
    """

    kind: str
    shape: Shape = "value"
    docs: str = ""
    required: bool = False
    default: Any = None
    allowed: tuple[str, ...] = ()
    rule: str = ""
    names: str = ""
    row: type[Row] | None = None
    children: Mapping[str, Key] = field(default_factory=dict)
    variants: Mapping[str, Key] = field(default_factory=dict)
    attribute: str = ""


@cache
def root() -> Key:
    """The whole estate."""
    key = _row(Estate)
    # A row of defaults may hold every key of a cluster's row, and needs none.
    cluster = replace(
        _row(Cluster), docs=key.children["defaults"].children["cluster"].docs, attribute="cluster"
    )
    cluster = replace(
        cluster,
        children={name: replace(child, required=False) for name, child in cluster.children.items()},
    )
    defaults = replace(key.children["defaults"], children={"cluster": cluster})
    return replace(key, children={**key.children, "defaults": defaults})


def _row(model: type[Row]) -> Key:
    children = {
        info.alias or name: _field(info, name)
        for name, info in sorted(model.model_fields.items(), key=lambda item: item[0] != "kind")
    }
    return Key("group of keys", "row", inspect.getdoc(model) or "", row=model, children=children)


def _field(info: FieldInfo, name: str) -> Key:
    key = _typed(info.annotation, tuple(info.metadata), info.discriminator)
    default = info.get_default(call_default_factory=True, validated_data={})
    return replace(
        key,
        docs=info.description or key.docs,
        required=info.is_required(),
        default=None if default is PydanticUndefined else default,
        attribute=name,
    )


def _typed(annotation: Any, metadata: tuple[Any, ...], discriminator: Any = None) -> Key:
    origin = get_origin(annotation)
    if origin is Annotated:
        first, *more = get_args(annotation)
        for item in more:
            if isinstance(item, FieldInfo):
                metadata += tuple(item.metadata)
                discriminator = item.discriminator or discriminator
            else:
                metadata += (item,)
        return _typed(first, metadata, discriminator)
    rule = _rule(metadata)
    if isinstance(annotation, type) and issubclass(annotation, Row):
        return replace(_row(annotation), rule=rule)
    if origin in (Union, UnionType):
        return _union([member for member in get_args(annotation) if member is not NoneType], discriminator)
    if origin is Literal:
        return Key("word", allowed=tuple(map(str, get_args(annotation))))
    if origin is dict:
        names, entry = get_args(annotation)
        each = _typed(entry, ())
        kind = f"names, each with {with_article(each.kind)}"
        return Key(kind, "map", rule=rule, names=_typed(names, ()).rule, children={EACH: each})
    if origin is list:
        each = _typed(get_args(annotation)[0], ())
        return Key(f"list of {_several(each.kind)}", "list", rule=rule, children={EACH: each})
    return _leaf(annotation, metadata, rule)


def _several(kind: str) -> str:
    return "groups of keys" if kind == "group of keys" else f"{kind}s"


def with_article(kind: str) -> str:
    """`a list`, `an id`."""
    return kind if kind == "text" else f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


def _leaf(annotation: Any, metadata: tuple[Any, ...], rule: str) -> Key:
    for item in metadata:
        if isinstance(item, Spelling):
            return Key(item.what, allowed=item.words, rule=item.allowed)
        if isinstance(item, Quantity):
            return Key(item.what, rule=item.allowed)
    return Key({str: "text", int: "whole number", float: "finite number"}.get(annotation, "value"), rule=rule)


def _union(members: list[Any], discriminator: Any) -> Key:
    keys = [_typed(member, ()) for member in members]
    if len(keys) == 1:
        return keys[0]
    if discriminator == "kind":
        variants = {key.children["kind"].allowed[0]: key for key in keys}
        common = dict.fromkeys(name for name in keys[0].children if all(name in key.children for key in keys))
        children = {name: keys[0].children[name] for name in common}
        children["kind"] = replace(children["kind"], allowed=tuple(variants), docs="Which kind it is.")
        return Key("group of keys", "row", row=_shared(keys), children=children, variants=variants)
    kinds = " or ".join(dict.fromkeys(key.kind for key in keys))
    lists = next((key for key in keys if key.shape == "list"), Key(""))
    return Key(
        kinds,
        shape=lists.shape,
        allowed=tuple(word for key in keys for word in key.allowed),
        rule=lists.rule,
        children=lists.children,
    )


def _shared(keys: list[Key]) -> type[Row]:
    """The class that all variants of a row have in common."""
    lines = [inspect.getmro(key.row) for key in keys if key.row is not None]
    return next(
        model for model in lines[0] if issubclass(model, Row) and all(model in line for line in lines)
    )


def _rule(metadata: tuple[Any, ...]) -> str:
    limits = []
    for item in metadata:
        if isinstance(item, Ge):
            limits.append(f"at least {item.ge}")
        elif isinstance(item, Gt):
            limits.append(f"above {item.gt}")
        elif isinstance(item, Le):
            limits.append(f"at most {item.le}")
        elif isinstance(item, MinLen):
            limits.append("not empty")
    return ", ".join(limits)
