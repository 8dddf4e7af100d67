"""The dashboards that ship, one file each."""
