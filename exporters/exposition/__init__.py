"""Metric values, and how they are written down for a scrape."""
