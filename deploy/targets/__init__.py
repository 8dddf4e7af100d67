"""Places where components run. `local` is this machine, `kubernetes` are clusters."""
