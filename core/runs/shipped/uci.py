"""Dense networks on the small digits inside scikit-learn: one layer, and one with a hidden layer. Trained in seconds on any machine."""

from core.specs import DataSpec, ModelSpec, RunSpec, TrainSpec

_DIGITS = DataSpec("uci-digits", train=1_200, validation=197, test=400)

RUNS = {
    "uci-softmax": RunSpec(
        _DIGITS,
        ModelSpec("dense", sizes=(64, 10), initializer="zeros"),
        TrainSpec("cross_entropy", "adam", 3e-3, batch=32, epochs=40, weight_decay=1e-4, first_epoch_states=8),
    ),
    "uci-mlp": RunSpec(
        _DIGITS,
        ModelSpec("dense", sizes=(64, 32, 10), activation="elu", initializer="orthogonal"),
        TrainSpec("cross_entropy", "adam", 3e-3, batch=32, epochs=30, first_epoch_states=8),
    ),
}

TITLES = {
    "uci-softmax": ("Small digits, one layer", "64-10 on the UCI digits of 8×8 pixels; weights start at 0."),
    "uci-mlp": ("Small digits, one hidden layer", "64-32-10, ELU, on the UCI digits; rows of weights start at right angles."),
}
