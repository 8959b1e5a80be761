"""Pictures and strokes before they are 28x28."""
