"""The same figures to the last digit, whatever the number of threads of the linear algebra library."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import numpy as np
from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.selection.select import select
x = np.rint(np.random.default_rng(0).normal(size=(1500, 7)) * [3, 2, 1, 1, 1, 1, 1] * 2**16) / 2**16
found = select(x, summarise(x), ClusterSettings(algorithm="kmeans", bootstraps=10, null_draws=5))
print(found.reason, found.null, [c.criteria for c in found.candidates], [c.stability for c in found.candidates])
"""


def _said(threads: int) -> str:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = os.environ | dict.fromkeys(names, str(threads))
    ran = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    return ran.stdout


def test_the_number_of_threads_changes_no_digit() -> None:
    assert _said(1) == _said(4)
