"""Bring clusters to what is rendered, wave by wave, behind gates, and back."""
