"""Long arrays in blocks: what is worked on at once shall fit into the cache, or into memory."""


def slices(n: int, size: int) -> list[slice]:
    """The blocks of n rows or numbers that are worked on at once, `size` each, the rest last."""
    return [slice(start, start + size) for start in range(0, n, size)]
