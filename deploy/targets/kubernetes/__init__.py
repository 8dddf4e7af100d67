"""Clusters: components become objects, our charts apply them, and the API server is asked what would change.

```
render     components -> objects -> releases of each cluster; pure, and fast enough for hundreds of clusters
plan       what an apply would change, by the API server's own dry run
apply      secrets and custom resource definitions, then release by release, wave by wave
```
"""
