"""What would change in a cluster, and what that loses, by the API server's own dry run."""
