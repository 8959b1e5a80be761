"""The pad, digits to look at, and how ink gets from either into a network."""
