"""What is said before the first call: calls, bill, roles, rights."""
