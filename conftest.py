"""Tests lie in `tests/` and beside the code in `yiwang/`; what holds for all of them is loaded here."""

pytest_plugins = ["tests.offline", "tests.city"]
