"""Results: curves, confusion matrices and mistakes of any run."""
