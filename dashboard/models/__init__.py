"""What several pages ask of trained networks."""
