"""The process and its HTTP side."""
