"""Train: the form, the live curves, the past runs."""
