"""Settings of all tests."""

import signal

from hypothesis import settings

# Clusters that tests of any folder may ask for; they are started once, by the first one that does.
pytest_plugins = ("tests.cluster.fixtures",)

# Whoever runs the tests in the background may have SIGINT ignored, and children inherit that: those that are
# interrupted here would not notice.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples on every run: a change is judged by what it changed, not by luck. New examples are looked
# for with `pytest --hypothesis-profile=search`; what they find becomes an `@example`.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=5_000, deadline=None)
settings.load_profile("steady")
