"""Browser components: each a Python wrapper beside its JavaScript and, if it draws, its styles."""
