"""The singlepane server: the status page, its API, and the receiver of notifications and heartbeats."""
