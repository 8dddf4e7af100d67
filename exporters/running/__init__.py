"""Collectors run on their intervals, and what they brought last."""
