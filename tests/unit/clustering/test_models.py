"""Assignment: exact, alone as in a batch, and restored from arrays."""

import numpy as np
import pytest

from clientage.clustering.catalogue import ALGORITHMS, FitOptions
from clientage.clustering.coreset import summarise
from clientage.clustering.models import CentreModel, DensityModel, MixtureModel, model_from_arrays
from clientage.errors import ModelError

NAMES = ["kmeans", "ward", "mixture", "dbscan", "hdbscan"]


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    x = np.vstack([rng.normal(size=(300, 5)) + c for c in (-4, 0, 4)])
    x = np.rint(x / x.std(axis=0) * 2**20) / 2**20
    core = summarise(x)
    models = {name: ALGORITHMS[name].fit(x, core, [3], FitOptions(min_size=0.05)) for name in NAMES}
    return x, {name: found[3] for name, found in models.items()}


@pytest.mark.parametrize("name", NAMES)
def test_one_row_alone_is_assigned_as_in_the_batch(fitted, name):
    x, models = fitted
    whole = models[name].assign(x)
    for i in range(0, len(x), 37):
        alone = models[name].assign(x[i : i + 1])
        for part in ("labels", "runner_up", "confidence", "distance"):
            assert getattr(alone, part)[0] == getattr(whole, part)[i], part


@pytest.mark.parametrize("name", NAMES)
def test_row_order_and_memory_layout_change_nothing(fitted, name):
    x, models = fitted
    order = np.random.default_rng(0).permutation(len(x))
    whole = models[name].assign(x)
    for again in (models[name].assign(np.asfortranarray(x[order])), models[name].assign(x[order].astype(np.float32))):
        for part in ("labels", "runner_up", "confidence", "distance"):
            np.testing.assert_array_equal(getattr(again, part), getattr(whole, part)[order])


@pytest.mark.parametrize("name", NAMES)
def test_arrays_restore_the_model(fitted, name):
    x, models = fitted
    again = model_from_arrays(models[name].kind, models[name].arrays())
    assert again.n_clusters == models[name].n_clusters == 3
    np.testing.assert_array_equal(again.assign(x).confidence, models[name].assign(x).confidence)
    np.testing.assert_array_equal(again.centers, models[name].centers)


@pytest.mark.parametrize("name", NAMES)
def test_assignment_is_of_the_promised_types_and_ranges(fitted, name):
    x, models = fitted
    given = models[name].assign(x)
    assert given.labels.dtype == given.runner_up.dtype == np.int32
    assert given.confidence.dtype == given.distance.dtype == np.float64
    assert set(np.unique(given.labels)) <= {-1, 0, 1, 2}
    assert (given.runner_up != given.labels).all()
    assert ((given.confidence >= 0) & (given.confidence <= 1)).all()
    inside = given.labels >= 0
    own = np.sqrt(((x - models[name].centers[given.labels]) ** 2).sum(axis=1))
    np.testing.assert_allclose(given.distance[inside], own[inside], atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_clusters_are_numbered_by_their_centres(fitted, name):
    centers = fitted[1][name].centers
    np.testing.assert_array_equal(np.lexsort(centers.T[::-1]), np.arange(len(centers)))


def test_confidence_is_one_minus_the_shadow_value():
    given = CentreModel(np.array([[0.0], [4.0], [100.0]])).assign(np.array([[0.0], [1.0], [2.0], [3.0]]))
    np.testing.assert_allclose(given.confidence, [1.0, 0.5, 0.0, 0.5])
    assert given.labels.tolist() == [0, 0, 0, 1]  # the tie goes to the lowest number
    assert given.runner_up.tolist() == [1, 1, 1, 0]


def test_mixture_confidence_is_the_difference_of_posteriors():
    model = MixtureModel(np.array([0.25, 0.75]), np.array([[0.0], [2.0]]), np.ones((2, 1, 1)), np.zeros(3))
    x = np.array([[0.5], [1.0], [3.0]])
    density = np.exp(-0.5 * (x - [[0.0, 2.0]]) ** 2) * [0.25, 0.75]
    posterior = density / density.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.assign(x).confidence, np.abs(np.diff(posterior, axis=1))[:, 0], rtol=1e-12)


def test_noise_anchors_keep_rows_out():
    model = DensityModel(np.array([[0.0]]), np.array([[0.0], [3.0]]), np.array([0, 1], np.int32), np.array([9.0]))
    assert model.assign(np.array([[1.0], [2.0]])).labels.tolist() == [0, -1]


@pytest.mark.parametrize("kind", ["centres", "mixture", "density"])
def test_one_cluster_has_no_runner_up(kind):
    one = np.zeros((1, 2))
    model = {
        "centres": CentreModel(one),
        "mixture": MixtureModel(np.ones(1), one, np.eye(2)[None], np.zeros(3)),
        "density": DensityModel(one, one, np.zeros(1, np.int32), np.array([5.0])),
    }[kind]
    given = model.assign(np.ones((3, 2)))
    assert given.labels.tolist() == [0, 0, 0]
    assert given.runner_up.tolist() == [-1, -1, -1]
    assert given.confidence.tolist() == [1.0, 1.0, 1.0]


def test_no_rows_are_no_assignments():
    assert len(CentreModel(np.zeros((2, 3))).assign(np.empty((0, 3))).labels) == 0


def test_unknown_kinds_and_wrong_arrays_are_refused():
    with pytest.raises(ModelError, match="'forest'"):
        model_from_arrays("forest", {})
    with pytest.raises(ModelError, match="'centers'"):
        model_from_arrays("centres", {"weights": np.ones(2)})
