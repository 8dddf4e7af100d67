"""The linter of rules: each rule by itself, and ours before all of them."""
