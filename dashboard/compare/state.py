"""What Compare remembers: the activation that was typed, and its derivative."""

from dashboard.session import Controls

CONTROLS = Controls("typed-")
"""The fields `activation` and `derivative`."""
