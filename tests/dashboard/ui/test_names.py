from typing import get_args

from dashboard.ui import names
from nncore.config import (
    ActivationName,
    CostName,
    DatasetName,
    DeformName,
    DTypeName,
    InitializerName,
    OptimizerName,
    ScheduleName,
)


def test_the_form_offers_every_name_that_a_configuration_knows():
    for offered, known in (
        (names.ACTIVATIONS, ActivationName),
        (names.COSTS, CostName),
        (names.OPTIMIZERS, OptimizerName),
        (names.INITIALIZERS, InitializerName),
        (names.SCHEDULES, ScheduleName),
        (names.DATASETS, DatasetName),
        (names.DTYPES, DTypeName),
        (names.DEFORMATIONS, DeformName),
    ):
        assert set(offered) == set(get_args(known))
