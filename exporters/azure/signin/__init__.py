"""Tokens of Azure, by tenant and credential."""
