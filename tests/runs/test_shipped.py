"""The runs that come with the app: there, whole, as good as they must be, and unharmed by float16."""

import numpy as np
import pytest

from core.data.folder import MissingData
from core.runs import store
from core.runs.run import Run
from core.runs.shipped import NAMES, RUNS, SEEDS_OF, seeded
from core.training.verify import differing, recount

# name -> bounds of the last state's test accuracy
BOUNDS = {
    "mlp-random": (0.960, 0.969),
    "mlp-diagonal": (0.960, 0.969),
    "mlp-relu": (0.975, 1.0),
    "softmax-mnist": (0.923, 1.0),
    "hidden-mnist": (0.930, 1.0),
    "softmax-cifar10": (0.39, 0.42),
    "softmax-cifar10-smooth": (0.30, 0.39),
    "hidden-cifar10": (0.375, 1.0),
    "uci-softmax": (0.88, 1.0),
    "uci-mlp": (0.89, 1.0),
}


@pytest.fixture(params=BOUNDS)
def run(request: pytest.FixtureRequest) -> Run:
    return store.load(RUNS[request.param].key)


def test_names_and_keys_go_both_ways() -> None:
    assert {NAMES[spec.key] for spec in RUNS.values()} == set(RUNS)


def test_a_shipped_run_is_one_of_its_seeds() -> None:
    for name, spec in RUNS.items():
        assert spec.train.seed in SEEDS_OF[name]
        assert seeded(spec, spec.train.seed) == spec
    assert len({seeded(RUNS["mlp-random"], seed).key for seed in range(5)}) == 5


def test_accuracy(run: Run) -> None:
    least, most = BOUNDS[NAMES[run.key]]
    assert least <= run.history["accuracy_test"][-1] <= most


def test_five_seeds_each_with_the_same_states(run: Run) -> None:
    assert sorted(set(run.seeds["seed"])) == list(SEEDS_OF[NAMES[run.key]]) == [0, 1, 2, 3, 4]
    for seed in range(5):
        assert (run.seeds["epoch"][run.seeds["seed"] == seed] == run.epochs).all()
    assert (run.seeds["accuracy_test"][run.seeds["seed"] == 0] == run.history["accuracy_test"]).all()


def test_every_state_is_stored(run: Run) -> None:
    plan = run.spec.train
    assert run.states == plan.epochs + 1 + plan.first_epoch_states
    assert all(shape[0] == run.states for shape in run.shapes.values())
    assert np.isfinite(run.history["loss"]).all()
    inside = (run.epochs > 0) & (run.epochs < 1)
    assert inside.sum() == plan.first_epoch_states


def test_one_layer_on_mnist_shows_its_first_epoch() -> None:
    assert RUNS["softmax-mnist"].train.first_epoch_states >= 20


def test_counts_belong_to_the_history(run: Run) -> None:
    counts = run.evaluation("confusion")
    assert (counts.sum((1, 2)) == run.spec.data.test).all()
    np.testing.assert_allclose(np.trace(counts, axis1=1, axis2=2) / run.spec.data.test, run.history["accuracy_test"])


def test_float16_changes_hardly_a_prediction_count(run: Run) -> None:
    """Counts of every state, as stored against before rounding: no cell and no sum of right ones moves by more than 3 of 10,000."""
    stored, exact = run.evaluation("confusion"), run.evaluation("confusion_float32")
    assert np.abs(stored - exact).max() <= 3
    assert np.abs(np.trace(stored, axis1=1, axis2=2) - np.trace(exact, axis1=1, axis2=2)).max() <= 3
    if NAMES[run.key].startswith("mlp"):  # ten untrained sigmoid units all but tie between classes, and rounding breaks ties
        assert np.abs(stored.sum(1) - exact.sum(1)).max() <= 3  # how often each class is predicted


def test_the_stored_weights_make_the_stored_counts(run: Run) -> None:
    """By numpy alone, which did not train them: first, middle and last state."""
    for index in (0, run.states // 2, run.states - 1):
        try:
            counts = recount(run, index)
        except MissingData as error:
            pytest.skip(str(error))
        assert differing(counts, run.evaluation("confusion")[index]) <= 1


def test_shipped_templates_are_small() -> None:
    names = [name for name in BOUNDS if not name.startswith(("mlp", "uci"))]
    size = sum(path.stat().st_size for name in names for path in store.folder_of(RUNS[name].key).iterdir())
    assert size <= 14_000_000


@pytest.mark.parametrize(("name", "most"), [("mlp-relu", 5_000_000), ("uci-softmax", 300_000), ("uci-mlp", 400_000)])
def test_newer_runs_are_small(name: str, most: int) -> None:
    assert sum(path.stat().st_size for path in store.folder_of(RUNS[name].key).iterdir()) <= most


def test_all_shipped_runs_together_stay_under_40_mb() -> None:
    assert sum(path.stat().st_size for spec in RUNS.values() for path in store.folder_of(spec.key).iterdir()) < 40_000_000
