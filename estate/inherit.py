"""`defaults` laid under the rows that they are for.

The row wins, key by key; nothing is deeper than `prometheus` and `kubernetes`.
"""

from __future__ import annotations

from dataclasses import replace

from estate.tree import Entry, Mapping, Node, child

# Keys of a cluster's row that are laid under key by key themselves.
DEEP = ("prometheus", "kubernetes")


def inherit(root: Mapping) -> Mapping:
    """The document with `defaults.cluster` under every cluster's row.

    Values keep the place where they stand.
    """
    defaults = child(root, "defaults")
    cluster = child(defaults, "cluster") if defaults else None
    rows = root.entries.get("clusters")
    if not isinstance(cluster, Mapping) or rows is None or not isinstance(rows.node, Mapping):
        return root
    under = {
        name: Entry(entry.position, _under(entry.node, cluster)) for name, entry in rows.node.entries.items()
    }
    clusters = Entry(rows.position, replace(rows.node, entries=under))
    return replace(root, entries={**root.entries, "clusters": clusters})


def _under(row: Node, defaults: Mapping) -> Node:
    if not isinstance(row, Mapping):
        return row
    entries = {**defaults.entries, **row.entries}
    for name in DEEP:
        own, base = row.entries.get(name), defaults.entries.get(name)
        if own and base and isinstance(own.node, Mapping) and isinstance(base.node, Mapping):
            merged = replace(own.node, entries={**base.node.entries, **own.node.entries})
            entries[name] = Entry(own.position, merged)
    return replace(row, entries=entries)
