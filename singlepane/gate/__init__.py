"""The alert gate: alerts of other clusters come in over mutual TLS, each cluster's own and no other's."""
