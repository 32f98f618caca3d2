"""Every algorithm keeps the same promises."""

import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clientage.clustering.catalogue import ALGORITHMS, FitOptions
from clientage.clustering.coreset import summarise
from clientage.errors import DataError

TAKING_K = [name for name, a in ALGORITHMS.items() if a.takes_k]


def test_names_are_keys_and_only_hdbscan_must_be_asked_for():
    assert all(name == a.name for name, a in ALGORITHMS.items())
    assert [name for name, a in ALGORITHMS.items() if not a.default] == ["hdbscan"]


@pytest.mark.parametrize("name", list(ALGORITHMS))
@pytest.mark.parametrize("n", [800, 6_000])
def test_row_order_and_threads_change_nothing(blobs, name, n):
    x, _ = blobs(n, 4, 3, 5.0)
    order = np.random.default_rng(0).permutation(n)
    other = x[order]
    first = ALGORITHMS[name].fit(x, summarise(x), range(2, 5), FitOptions(threads=1))
    second = ALGORITHMS[name].fit(other, summarise(other), range(2, 5), FitOptions(threads=2))
    assert list(first) == list(second)
    assert first
    for k, model in first.items():
        assert model.n_clusters == k
        for key, array in model.arrays().items():
            np.testing.assert_array_equal(array, second[k].arrays()[key], err_msg=key)


@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_no_cluster_is_empty(skewed, name):
    x = skewed(900)
    for k, model in ALGORITHMS[name].fit(x, summarise(x), range(1, 11), FitOptions()).items():
        labels = model.assign(x).labels
        assert set(np.unique(labels)) - {-1} == set(range(k))


@pytest.mark.parametrize("name", TAKING_K)
def test_k_above_the_distinct_rows_is_left_out_or_refused(name):
    x = np.repeat(np.array([[0.0, 1.0], [3.0, 3.0], [9.0, 0.0]]), 20, axis=0)
    core = summarise(x)
    assert max(ALGORITHMS[name].fit(x, core, range(2, 6), FitOptions())) <= 3
    with pytest.raises(DataError, match="3 distinct rows among 60"):
        ALGORITHMS[name].fit(x, core, [7], FitOptions())


@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_planted_groups_are_found(blobs, name):
    x, group = blobs(1_500, 4, 3, 8.0, seed=1)
    model = ALGORITHMS[name].fit(x, summarise(x), [3], FitOptions())[3]
    labels = model.assign(x).labels
    assert adjusted_rand_score(group[labels >= 0], labels[labels >= 0]) > 0.98
    assert (labels >= 0).mean() > 0.9


def test_all_but_hdbscan_need_numpy_alone():
    code = (
        "import sys, numpy as np; from clientage.clustering.coreset import summarise\n"
        "from clientage.clustering.catalogue import ALGORITHMS, FitOptions\n"
        "x = np.arange(60.0).reshape(20, 3)\n"
        "for a in ALGORITHMS.values():\n"
        "    if a.default: a.fit(x, summarise(x), [2], FitOptions())\n"
        "print([m for m in ('scipy', 'sklearn', 'pandas', 'pyarrow.compute', 'numpy.random') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("n", [700, 5_000])
def test_the_threads_of_the_matrix_library_change_nothing(n):
    code = (
        "import hashlib, numpy as np; from clientage.clustering.coreset import summarise\n"
        "from clientage.clustering.catalogue import ALGORITHMS, FitOptions\n"
        f"x = np.rint(np.random.default_rng(0).normal(size=({n}, 6)) * 2**20) / 2**20\n"
        "x[:, 0] += np.arange(len(x)) % 3 * 4\n"
        "core = summarise(x)\n"
        "for a in ALGORITHMS.values():\n"
        "    for k, m in (a.fit(x, core, range(2, 6), FitOptions()) if a.default else {}).items():\n"
        "        whole = b''.join(v.tobytes() for v in (*m.arrays().values(), m.assign(x).labels))\n"
        "        print(a.name, k, hashlib.sha256(whole).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2")
    ]
    assert runs[0].count("\n") > 8
    assert runs[0] == runs[1]
