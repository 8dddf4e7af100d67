"""Azure as an exporter meets it: Entra tokens, ARM, Resource Graph and the metrics data plane, with known
truth.
"""
