"""Named configurations with what their authors reported: runs to repeat and to compare with.

A published figure is one author's run, often the best of several; other seeds scatter around it.
"""

from dataclasses import dataclass
from typing import Literal

from nncore.config import ConfigError, TrainingConfig


@dataclass(frozen=True, slots=True)
class Recipe:
    """A configuration, where it comes from, and what was reported for it."""

    name: str
    title: str
    summary: str
    """One sentence: what to see in this run."""
    source: str
    published: str | None
    """The reported result in words, None where there is none."""
    published_accuracy: float | None
    """The reported accuracy as a fraction: at the end, or the peak where `published` says so."""
    config: TrainingConfig
    published_on: Literal["test", "validation"] | None = None
    """The images that the reported accuracy was measured on."""
    published_at: Literal["final", "peak"] = "final"
    """Whether it was reported of the last epoch or of the best one."""
    explanation: str | None = None
    """Why our runs differ from the reported accuracy, where they do."""


_BOOK = "Nielsen, Neural Networks and Deep Learning"
_CH1 = f"{_BOOK}, chapter 1"
_CH3 = f"{_BOOK}, chapter 3"
_STUDENT = "A student's report on a network written from scratch"

_QUADRATIC = TrainingConfig(
    hidden=(30,),
    activation="sigmoid",
    cost="quadratic",
    learning_rate=3.0,
    batch_size=10,
    epochs=30,
    initializer="normal",
)
_CROSS_ENTROPY = _QUADRATIC.replace(cost="cross-entropy", learning_rate=0.5)
# The report names neither its layers nor its mini-batches; these come near both its figures.
_STEPS = TrainingConfig(
    hidden=(128, 64, 32),
    activation="relu",
    cost="log-likelihood",
    learning_rate=0.1,
    epochs=100,
    initializer="he",
    validation_split=0,
)

_SIMARD_PAPER = (
    "Simard, Steinkraus and Platt, Best Practices for Convolutional Neural Networks (2003)"
)
_SIMARD = TrainingConfig(
    hidden=(800,),
    activation="relu",
    cost="cross-entropy",
    learning_rate=0.1,
    batch_size=32,
    epochs=15,
    initializer="he",
    validation_split=0,
)
_DEFORMED = _SIMARD.replace(
    optimizer="momentum", schedule="one-cycle", batch_size=128, learning_rate=0.05
)

_CLASSROOM = TrainingConfig(
    hidden=(128,),
    activation="relu",
    cost="log-likelihood",
    optimizer="momentum",
    learning_rate=0.03,
    batch_size=64,
    epochs=5,
    initializer="he",
)

_ALL = (
    Recipe(
        "classroom",
        "Classroom",
        "Passes 97 % in a few seconds: the run to start a lesson with.",
        "NN Magic",
        None,
        None,
        _CLASSROOM,
    ),
    Recipe(
        "world",
        "Write like the world",
        "The classroom's network, but every fourth digit is in a form that people are taught, such "
        "as a 1 with a flag or a 0 with a slash: what was never seen cannot be read.",
        "NN Magic",
        None,
        None,
        _CLASSROOM.replace(world=0.25),
    ),
    Recipe(
        "nielsen-ch1",
        "The book's first network",
        "Thirty hidden sigmoid neurons and the quadratic cost read nineteen digits of twenty.",
        _CH1,
        "95.42 % peak (epoch 28), 91.29 % after epoch 0; best of 3",
        0.9542,
        _QUADRATIC,
        "test",
        "peak",
    ),
    Recipe(
        "nielsen-ch1-wide",
        "A hundred hidden neurons",
        "More hidden neurons do better, when no output neuron saturates on the way: of five seeds "
        "three lost a digit or two for good.",
        _CH1,
        "96.59 %",
        0.9659,
        _QUADRATIC.replace(hidden=(100,)),
        "test",
    ),
    Recipe(
        "nielsen-ch1-slow",
        "Learning rate far too small",
        "With η = 0.001 the network does learn, but too slowly to be of use.",
        _CH1,
        "11.39 → 21.42 %",
        0.2142,
        _QUADRATIC.replace(hidden=(100,), learning_rate=0.001),
        "test",
        explanation="At this rate 30 epochs hardly leave the random start, and the start decides: "
        "our seeds end between 18 and 35 %, with the book's 21.42 % among them.",
    ),
    Recipe(
        "nielsen-ch1-diverges",
        "Learning rate far too large",
        "With η = 100 the first steps saturate the neurons, and no later step frees them.",
        _CH1,
        "10.09 → 9.82 %",
        0.0982,
        _QUADRATIC.replace(learning_rate=100.0),
        "test",
        explanation="Saturated outputs name almost only one digit, whatever the image, and the "
        "accuracy is that digit's share of the test images: 9.82 % are fours, 10.32 % are twos.",
    ),
    Recipe(
        "nielsen-no-hidden",
        "No hidden layer",
        "Ten neurons look at the pixels directly: with the quadratic cost some saturate and give "
        "their digit up (seed 0 loses 6 and 8 and ends at 75 %, seed 2 loses none and ends at "
        "92 %); with cross-entropy and η 0.5 each of these seeds ends near 90 %.",
        _CH1,
        None,
        None,
        _QUADRATIC.replace(hidden=()),
    ),
    Recipe(
        "nielsen-ch3-cross-entropy",
        "The cross-entropy cost",
        "A neuron that is badly wrong learns fast, where the quadratic cost makes it slow.",
        _CH3,
        "95.49 %",
        0.9549,
        _CROSS_ENTROPY,
        "test",
    ),
    Recipe(
        "nielsen-ch3-cross-entropy-wide",
        "Cross-entropy, a hundred neurons",
        "The cross-entropy cost with a wider hidden layer.",
        _CH3,
        "96.82 %",
        0.9682,
        _CROSS_ENTROPY.replace(hidden=(100,)),
        "test",
    ),
    Recipe(
        "nielsen-ch3-overfitting",
        "Overfitting a thousand images",
        "Accuracy on 1,000 training images reaches 100 % while the test images stop improving.",
        _CH3,
        "82.27 % (100 % on training data)",
        0.8227,
        _CROSS_ENTROPY.replace(train_size=1_000, epochs=400),
        "test",
        explanation="Ours is better: on 1,000 images the initial weights decide a point or two. "
        "Our seeds end between 81.4 and 83.5 %, their mean 0.3 points from the book's figure.",
    ),
    Recipe(
        "nielsen-ch3-overfitting-l2",
        "Overfitting, held back by L2",
        "The same thousand images with weight decay (λ = 0.1): the test images gain.",
        _CH3,
        "87.1 %",
        0.871,
        _CROSS_ENTROPY.replace(train_size=1_000, epochs=400, l2=0.1),
        "test",
        explanation="Ours is better: our seeds end between 87.4 and 87.9 %, the lowest of them 0.3 "
        "points from the book's single run.",
    ),
    Recipe(
        "nielsen-ch3-l2",
        "L2 regularisation",
        "Weight decay (λ = 5) on all the training images.",
        _CH3,
        "96.49 %",
        0.9649,
        _CROSS_ENTROPY.replace(l2=5.0),
        "test",
    ),
    Recipe(
        "nielsen-ch3-l2-wide",
        "L2, a hundred neurons",
        "Weight decay with a wider hidden layer.",
        _CH3,
        "97.92 % (validation)",
        0.9792,
        _CROSS_ENTROPY.replace(hidden=(100,), l2=5.0),
        "validation",
    ),
    Recipe(
        "nielsen-ch3-tuned",
        "The book's best of chapter 3",
        "A smaller learning rate and twice the epochs bring the wide network to its best.",
        _CH3,
        "98.04 % (validation)",
        0.9804,
        _CROSS_ENTROPY.replace(hidden=(100,), l2=5.0, learning_rate=0.1, epochs=60),
        "validation",
    ),
    Recipe(
        "nielsen-ch3-large-init",
        "Large initial weights",
        "Weights from N(0, 1) saturate the hidden neurons at the start: compare the first epochs "
        "with small initial weights.",
        _CH3,
        "epoch 0: 86.43 %; epoch 29: 96.37 %",
        0.9637,
        _CROSS_ENTROPY.replace(learning_rate=0.1, l2=5.0),
        "test",
    ),
    Recipe(
        "nielsen-ch3-small-init",
        "Small initial weights",
        "Weights from N(0, 1/n_in) keep the hidden neurons awake: the first epoch already ends "
        "where large weights take several.",
        _CH3,
        "epoch 0: 92.70 %; epoch 29: 96.50 %",
        0.9650,
        _CROSS_ENTROPY.replace(learning_rate=0.1, l2=5.0, initializer="lecun"),
        "test",
    ),
    Recipe(
        "3blue1brown",
        "3Blue1Brown's network",
        "Two hidden layers of 16 sigmoid neurons: the 13,002 parameters of the videos.",
        "3Blue1Brown, But what is a neural network?",
        "about 96 %",
        0.96,
        # The videos give no settings; these were chosen on the validation images.
        _QUADRATIC.replace(
            hidden=(16, 16), learning_rate=1.5, schedule="cosine", initializer="glorot", l2=1.0
        ),
        "test",
    ),
    Recipe(
        "full-batch",
        "The full batch, 100 steps",
        "Each step looks at all 60,000 images, so 100 epochs are only 100 steps: compare with the "
        "same network in mini-batches.",
        _STUDENT,
        "90.64 %",
        0.9064,
        _STEPS.replace(batch_size="full"),
        "test",
    ),
    Recipe(
        "mini-batch",
        "The same in mini-batches",
        "The full batch's network, cost and learning rate, but 15 steps an epoch: 100 epochs are "
        "1,500 steps, and that is the whole difference.",
        _STUDENT,
        "96.69 % (the same report's PyTorch run)",
        0.9669,
        _STEPS.replace(batch_size=4_000),
        "test",
    ),
    Recipe(
        "simard",
        "Simard's wide layer",
        "Eight hundred hidden neurons on the plain images, without the paper's deformations.",
        _SIMARD_PAPER,
        "98.4 % (plain)",
        0.984,
        _SIMARD,
        "test",
    ),
    Recipe(
        "simard-affine",
        "Simard's layer, turned digits",
        "The same network on digits that are turned, stretched and slanted a little, anew in every "
        "epoch: it errs on a third fewer.",
        _SIMARD_PAPER,
        "98.9 % (affine)",
        0.989,
        _DEFORMED.replace(deform="affine", epochs=15),
        "test",
    ),
    Recipe(
        "simard-elastic",
        "Simard's layer, bent digits",
        "Elastic deformation as well, as if each digit were written by another hand every time: "
        "it errs on less than half as many as on the plain images.",
        _SIMARD_PAPER,
        "99.3 % (elastic)",
        0.993,
        _DEFORMED.replace(deform="elastic", learning_rate=0.1, epochs=40),
        "test",
    ),
    Recipe(
        "robust",
        "For digits drawn by anyone",
        "Two wide layers, every training image and a new deformation of each in every epoch: about "
        "a quarter of an hour on two cores, and then the model that reads your drawing was shown "
        "digits of the world as well.",
        "NN Magic",
        None,
        None,
        TrainingConfig(
            hidden=(1024, 1024),
            activation="relu",
            cost="log-likelihood",
            optimizer="momentum",
            learning_rate=0.1,
            schedule="one-cycle",
            batch_size=128,
            epochs=180,
            initializer="he",
            validation_split=0,
            deform="elastic",
        ),
    ),
)

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}
"""Every recipe by its name, the default first."""
DEFAULT = "classroom"
"""The recipe to begin with: it learns in seconds, and a model trained by it comes along."""


def get(name: str) -> Recipe:
    """The recipe of this name.

    Raises:
        ConfigError: there is none.
    """
    if name not in RECIPES:
        shown = name if len(name) <= 60 else name[:57] + "..."
        raise ConfigError(f"recipe = {shown} is unknown; use one of {', '.join(RECIPES)}.")
    return RECIPES[name]
