from typing import get_args

from dashboard.draw import stages
from nncore.preprocessing import OF_MNIST, StageName


def test_what_is_left_out_is_named_in_the_order_of_the_stages():
    assert stages.without({"centred"}) == "centring"
    assert stages.without({"even light"}) == "evening the light"
    assert stages.without({"centred", "cropped"}) == "cropping and centring"
    assert stages.without({"centred", "cropped", "ink"}) == (
        "finding the ink, cropping and centring"
    )


def test_every_stage_has_its_words():
    assert set(stages.WORDS) == set(get_args(StageName))


def test_it_is_said_which_stages_are_mnists_and_which_our_own():
    own = {"grey", "paper", "even light", "lines", "ink", "border", "cleaned", "stroked"}
    assert set(get_args(StageName)) - OF_MNIST == own
    assert stages._named(OF_MNIST) == "**Crop**, **Square**, **Average**, **Bright** and **Centre**"
    assert stages._named(own) == (
        "**Grey**, **Paper**, **Light**, **Lines**, **Ink**, **Edge**, **Dust** and **Pen**"
    )
