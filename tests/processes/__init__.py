"""Programs that benchmarks run in processes of their own, with nothing loaded that they do not need."""
