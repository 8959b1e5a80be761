"""Settings in words: what a configuration's values are called on the pages."""

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

FIELDS: dict[str, str] = {
    "hidden": "Hidden layers",
    "activation": "Activation σ",
    "cost": "Cost C",
    "learning_rate": "Learning rate η",
    "batch_size": "Mini-batch size m",
    "full_batch": "Full batch",
    "epochs": "Epochs",
    "engines": "Engines",
    "dataset": "Digits",
    "initializer": "Initial weights w",
    "optimizer": "Optimizer",
    "momentum": "Momentum μ",
    "schedule": "Schedule of η",
    "schedule_epochs": "Schedule epochs",
    "l1": "L1 penalty λ₁",
    "l2": "L2 penalty λ",
    "dropout": "Dropout p",
    "patience": "Patience",
    "train_size": "Training images n",
    "validation_split": "Kept for validation",
    "deform": "Deform the digits",
    "deform_strength": "Strength of deformation",
    "world": "Write like the world",
    "seed": "Seed",
    "dtype": "Precision",
}
"""The fields of a configuration, and the switch for `batch_size = full`."""


DATASETS: dict[DatasetName, str] = {"mnist": "MNIST", "digits": "Small built-in digits"}


ACTIVATIONS: dict[ActivationName, str] = {
    "sigmoid": "Sigmoid σ",
    "tanh": "Tanh",
    "relu": "ReLU",
    "leaky-relu": "Leaky ReLU",
    "linear": "Linear",
}


COSTS: dict[CostName, str] = {
    "quadratic": "Quadratic",
    "cross-entropy": "Cross-entropy",
    "log-likelihood": "Log-likelihood",
}


OPTIMIZERS: dict[OptimizerName, str] = {
    "sgd": "Gradient descent",
    "momentum": "Momentum",
    "nesterov": "Nesterov momentum",
    "adam": "Adam",
}


SCHEDULES: dict[ScheduleName, str] = {
    "constant": "Constant",
    "step": "Steps down",
    "cosine": "Cosine",
    "one-cycle": "One cycle",
    "halving": "Halving",
}


INITIALIZERS: dict[InitializerName, str] = {
    "normal": "N(0, 1), the book's first",
    "lecun": "N(0, 1/n), the book's better",
    "glorot": "Glorot",
    "he": "He",
}


DEFORMATIONS: dict[DeformName, str] = {
    "none": "No",
    "affine": "Turn, stretch, slant",
    "elastic": "These, bend, thick and thin",
}
DEFORMED: dict[DeformName, str] = {
    "none": "no deformation",
    "affine": "affine deformation",
    "elastic": "elastic deformation",
}
"""The same where no list of them stands beside it."""


DTYPES: dict[DTypeName, str] = {"float32": "32 bits", "float64": "64 bits"}


SPLITS: dict[float, str] = {
    1 / 6: "A sixth, as in the book",
    0.0: "None",
    0.1: "A tenth",
    0.25: "A quarter",
}
