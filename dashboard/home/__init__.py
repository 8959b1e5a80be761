"""Home: a pad that already works, and the way in for each kind of person."""
