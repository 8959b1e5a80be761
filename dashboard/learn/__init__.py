"""Learn: the chapters, their figures and their words."""
