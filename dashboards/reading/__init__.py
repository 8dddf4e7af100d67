"""Grafana's classic JSON, ours or anybody's, as typed values that know their lines."""
