"""How often the null test rejects where there is nothing to find, for answers in steps and for mixed columns.

    python benchmarks/truth/null_levels.py --tables 100
    python benchmarks/truth/null_levels.py --tables 100 --verdicts --kinds mixed    (and what the whole choice says)

A test at 5 % should say p ≤ .05 for one of twenty such tables. Columns cut from normal latent variables are what the
null is made of. Those of a Rasch scale and of heavy tails are one continuum too, of another form: they show the level
where the null's own model is wrong. Margins and correlations are estimated, so that even the first need not be exact.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings, FeatureSettings
from clientage.data.quality import QualityReport
from clientage.data.table import Column
from clientage.features.customers import Customers
from clientage.features.encoding import FeatureMatrix, encode
from clientage.selection.null import NullTest, null_test
from clientage.selection.sample import draw_sample
from clientage.selection.select import select

Latent = Callable[[int, int, np.random.Generator], np.ndarray]
Maker = Callable[[int, np.random.Generator], list[Column]]
DRAWS = 19  # as in a run
LEAST_SHARE = 0.05  # of a step, about


def _normal(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """One common factor; every column of variance 1."""
    loadings = rng.uniform(0.2, 0.9, size=p)
    return rng.standard_normal((n, 1)) * loadings + rng.standard_normal((n, p)) * np.sqrt(1 - loadings**2)


def _rasch(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """One evenly spread trait and logistic answers to items that are all as good: no Gaussian copula."""
    return 1.5 * rng.uniform(-np.sqrt(3), np.sqrt(3), size=(n, 1)) + rng.logistic(size=(n, p))


def _heavy(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Tails that come together: t with 3 degrees of freedom."""
    return _normal(n, p, rng) / np.sqrt(rng.chisquare(3, size=(n, 1)) / 3)


def _cut(latent: np.ndarray, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Answers 0..steps-1 of one column, in shares of its own."""
    shares = np.maximum(rng.dirichlet(np.full(steps, 3.0)), LEAST_SHARE)
    return np.searchsorted(np.quantile(latent, np.cumsum(shares / shares.sum())[:-1]), latent)


def _scale(name: str, latent: np.ndarray, steps: int, rng: np.random.Generator) -> Column:
    return Column(name, "number", _cut(latent, steps, rng).astype(np.float64), is_integer=True)


def _nominal(name: str, latent: np.ndarray, kinds: int, rng: np.random.Generator) -> Column:
    names = tuple(f"kind {j}" for j in range(kinds))
    return Column(name, "text", rng.permutation(kinds)[_cut(latent, kinds, rng)].astype(np.int32), names)


def _in_steps(fewest: int, most: int, latent: Latent) -> Maker:
    """Make 4 to 12 scales of equally many steps."""

    def make(n: int, rng: np.random.Generator) -> list[Column]:
        z = latent(n, int(rng.integers(4, 13)), rng)
        steps = int(rng.integers(fewest, most + 1))
        return [_scale(f"scale {j}", column, steps, rng) for j, column in enumerate(z.T)]

    return make


def _mixed(latent: Latent) -> Maker:
    """Make 2 to 4 numbers, a yes-or-no, a scale of five and one or two nominal columns."""

    def make(n: int, rng: np.random.Generator) -> list[Column]:
        numbers, nominal = int(rng.integers(2, 5)), int(rng.integers(1, 3))
        z = latent(n, numbers + 2 + nominal, rng).T
        columns = [Column(f"number {j}", "number", values) for j, values in enumerate(z[:numbers])]
        columns += [_scale("yes or no", z[numbers], 2, rng), _scale("five steps", z[numbers + 1], 5, rng)]
        kinds = [int(rng.integers(2, 6)) for _ in range(nominal)]
        return columns + [_nominal(f"nominal {j}", z[numbers + 2 + j], k, rng) for j, k in enumerate(kinds)]

    return make


KINDS: dict[str, Maker] = {
    "binary, normal latent": _in_steps(2, 2, _normal),
    "binary, Rasch scale": _in_steps(2, 2, _rasch),
    "ordinal (4 to 7 steps), normal latent": _in_steps(4, 7, _normal),
    "ordinal (4 to 7 steps), heavy tails": _in_steps(4, 7, _heavy),
    "mixed, normal latent": _mixed(_normal),
    "mixed, heavy tails": _mixed(_heavy),
}


def _encoded(columns: list[Column], n: int) -> FeatureMatrix:
    """Encode as a study does."""
    quality = QualityReport({})
    return encode(
        Customers(n, None, tuple(columns), (), (), None, "customers", np.arange(n), {}, {}, quality), FeatureSettings()
    )


def made(make: Maker, kind: int, number: int, seed: int) -> FeatureMatrix:
    """Return one encoded table of 300 to 1,500 customers."""
    rng = np.random.default_rng([seed, kind, number])
    n = int(rng.integers(300, 1501))
    return _encoded(make(n, rng), n)


def tested(matrix: FeatureMatrix, seed: int) -> NullTest:
    """Put a table to the null test of a run."""
    sample = draw_sample(matrix.values, summarise(matrix.values))
    return null_test(sample, range(2, 11), DRAWS, seed, matrix.feature_of)


def called_natural(matrix: FeatureMatrix, seed: int) -> bool:
    """Put a table to the whole choice, which asks for more than the null test does."""
    x = matrix.values
    return select(x, summarise(x), ClusterSettings(seed=seed), feature_of=matrix.feature_of).verdict == "natural"


def _share(hits: list[bool]) -> str:
    """Share and its standard error; as if one more table had been rejected and one more not, since 0 of 100 is no 0."""
    n = len(hits)
    smoothed = (sum(hits) + 1) / (n + 2)
    return f"{sum(hits) / n:.1%} ± {np.sqrt(smoothed * (1 - smoothed) / n):.1%}"


def _line(name: str, tests: list[NullTest], natural: list[bool]) -> str:
    middle = float(np.mean([t.p_value for t in tests]))
    cells = [name, f"{len(tests)}", _share([t.rejected for t in tests]), f"{middle:.2f}"]
    cells += [f"{np.mean([bool(t.dip_columns) for t in tests]):.1%}", _share(natural) if natural else ""]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Run and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=100, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", default="", help="those whose name begins so")
    parser.add_argument("--verdicts", action="store_true")
    asked = parser.parse_args()
    begin = time.process_time()
    print("| tables without groups | n | p ≤ .05 (± standard error) | mean p | a column in heaps | called natural |")
    print("|---|---|---|---|---|---|")
    for kind, (name, make) in enumerate(KINDS.items()):
        if name.startswith(asked.kinds):
            tables = [made(make, kind, i, asked.seed) for i in range(asked.tables)]
            natural = [called_natural(x, i) for i, x in enumerate(tables)] if asked.verdicts else []
            print(_line(name, [tested(x, i) for i, x in enumerate(tables)], natural), flush=True)
    print(f"\n{time.process_time() - begin:.0f} s of CPU")


if __name__ == "__main__":
    main()
