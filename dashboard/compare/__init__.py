"""Compare: NumPy against PyTorch, where every line is measured; a module a section."""
