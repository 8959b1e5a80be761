import pytest

from nncore.blocks import slices


@pytest.mark.parametrize(("n", "size", "lengths"), [(0, 3, []), (6, 3, [3, 3]), (7, 3, [3, 3, 1])])
def test_blocks_are_all_of_it_in_order(n: int, size: int, lengths: list[int]) -> None:
    everything = list(range(n))
    blocks = [everything[block] for block in slices(n, size)]
    assert [len(block) for block in blocks] == lengths
    assert [number for block in blocks for number in block] == everything
