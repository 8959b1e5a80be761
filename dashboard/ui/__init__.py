"""What draws without knowing what it draws."""
