"""What runs in the clusters: pods, and the way to them."""
