"""What each chapter of Learn computes that is no network of the app."""
