"""TLS between clusters: its files, the gate for alerts, the real programs, and what verification says."""
