"""What is there: resources, their types, and the metrics that a type has."""
