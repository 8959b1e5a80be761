"""The sections of Inside: one example in one network, every number shown and open to change."""
