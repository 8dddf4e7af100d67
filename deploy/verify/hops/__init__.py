"""The hops of the data path, in its order. A chain stops at the first that does not hold."""

from deploy.verify.hops import (
    alert_at_receiver,
    azure_truth,
    block_in_bucket,
    cluster_observed,
    deduplicated,
    exporter_answers,
    external_labels,
    grafana_shows,
    heartbeat,
    identity_issued,
    notifications_delivered,
    pods_ready,
    rule_evaluated,
    scraped,
    served_by_store,
    visible_through_sidecar,
)

HOPS = (
    pods_ready.HOP,
    identity_issued.HOP,
    exporter_answers.HOP,
    scraped.HOP,
    cluster_observed.HOP,
    external_labels.HOP,
    visible_through_sidecar.HOP,
    block_in_bucket.HOP,
    served_by_store.HOP,
    deduplicated.HOP,
    rule_evaluated.HOP,
    alert_at_receiver.HOP,
    notifications_delivered.HOP,
    heartbeat.HOP,
    grafana_shows.HOP,
    azure_truth.HOP,
)
