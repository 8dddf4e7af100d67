"""Values of Azure metrics: which calls bring them, when they are final, what they add up to."""
