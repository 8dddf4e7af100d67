"""Places where components run. `local` is this machine."""
