"""Experiments and measurements: NumPy against PyTorch, published results, and their files."""
