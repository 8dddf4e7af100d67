"""Drills: faults made on purpose in the real estate, and proof that it recovers.

`python -m tests.drill [NAME …]` runs them.
"""

from tests.drill import (
    alert_storm,
    apply_killed,
    certificate_expired,
    disk_full,
    exporter_crowd,
    hub_api_away,
    hung_exporter,
    idle_connections,
    image_missing,
    immutable_field,
    kill_each_component,
    kubelet_killed,
    object_store_down,
    other_manager,
    prometheus_deleted,
    quota_refuses,
    read_only_state,
    simulator_clock_jump,
    storage_class_missing,
    token_expiry,
    two_applies,
    upgrade_half_applied,
    volume_grows,
)

DRILLS = (
    kill_each_component.DRILL,
    object_store_down.DRILL,
    disk_full.DRILL,
    read_only_state.DRILL,
    simulator_clock_jump.DRILL,
    token_expiry.DRILL,
    hung_exporter.DRILL,
    idle_connections.DRILL,
    alert_storm.DRILL,
    exporter_crowd.DRILL,
    # On two real clusters, which they share.
    kubelet_killed.DRILL,
    upgrade_half_applied.DRILL,
    immutable_field.DRILL,
    other_manager.DRILL,
    storage_class_missing.DRILL,
    volume_grows.DRILL,
    prometheus_deleted.DRILL,
    hub_api_away.DRILL,
    image_missing.DRILL,
    certificate_expired.DRILL,
    quota_refuses.DRILL,
    two_applies.DRILL,
    apply_killed.DRILL,
)
