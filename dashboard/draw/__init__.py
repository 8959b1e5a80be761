"""The sections of Draw: what the models say of one drawing, how it was prepared, and why."""
