"""What rows take out of a JSON document: bytes to values, values to metrics."""
