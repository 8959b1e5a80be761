"""Browser components: each a Python wrapper beside its JavaScript and its style sheet."""
