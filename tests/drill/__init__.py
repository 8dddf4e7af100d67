"""Drills: faults made on purpose in the real estate, and proof that it recovers.

`python -m tests.drill [NAME …]` runs them.
"""

from tests.drill import (
    alert_storm,
    disk_full,
    exporter_crowd,
    hung_exporter,
    idle_connections,
    kill_each_component,
    object_store_down,
    read_only_state,
    simulator_clock_jump,
    token_expiry,
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
)
