"""What a component is in a cluster: Kubernetes objects. Pure; it knows nothing of releases."""
