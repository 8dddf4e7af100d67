"""From the estate to the releases of each cluster, and these as files on disk. No cluster is asked."""
