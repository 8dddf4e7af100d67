"""Requests to Azure, at a pace that Azure allows."""
