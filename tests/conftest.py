"""Hypothesis profiles: ``HYPOTHESIS_PROFILE=ci`` or ``nightly`` looks further than the default ``dev``."""

import os

from hypothesis import HealthCheck, settings

_SLOW_MACHINE = [HealthCheck.too_slow]  # a busy machine is no reason to fail

settings.register_profile("dev", max_examples=25, derandomize=True, deadline=None, suppress_health_check=_SLOW_MACHINE)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=200, print_blob=True)
settings.register_profile("nightly", settings.get_profile("ci"), max_examples=5000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
