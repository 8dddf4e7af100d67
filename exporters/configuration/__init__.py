"""The file of an exporter: its values, their checks, its secrets."""
