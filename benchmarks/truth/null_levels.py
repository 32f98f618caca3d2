"""How often the null test rejects where there is nothing to find: answers in steps, mixed and derived columns.

    python benchmarks/truth/null_levels.py --tables 100
    python benchmarks/truth/null_levels.py --tables 100 --verdicts --kinds mixed    (and what the whole choice says)

A test at 5 % should say p ≤ .05 for one of twenty such tables (`answers.py` and `derived.py` say what they are).
Margins and correlations are estimated, so that even where the null's own model holds the level need not be exact.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from answers import ANSWERS, Maker
from derived import DERIVED
from tables import encoded, numbers

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.features.amounts import amounts_by
from clientage.features.encoding import FeatureMatrix
from clientage.selection.null import NullTest, null_test
from clientage.selection.sample import draw_sample
from clientage.selection.select import select

DRAWS = 19  # as in a run
KINDS: dict[str, Maker] = {
    **ANSWERS,
    **{
        name: lambda n, rng, make=make: numbers(make(n, int(rng.integers(2, 9)), rng)) for name, make in DERIVED.items()
    },
}


def made(make: Maker, kind: int, number: int, seed: int) -> FeatureMatrix:
    """Return one encoded table of 300 to 1,500 customers."""
    rng = np.random.default_rng([seed, kind, number])
    n = int(rng.integers(300, 1501))
    return encoded(make(n, rng))


def tested(matrix: FeatureMatrix, seed: int) -> NullTest:
    """Put a table to the null test of a run."""
    sample = draw_sample(matrix.values, summarise(matrix.values))
    return null_test(sample, range(2, 11), DRAWS, seed, matrix.feature_of, amounts_by(matrix))


def called_natural(matrix: FeatureMatrix, seed: int) -> bool:
    """Put a table to the whole choice, which asks for more than the null test does."""
    x, amounts = matrix.values, amounts_by(matrix)
    found = select(x, summarise(x), ClusterSettings(seed=seed), feature_of=matrix.feature_of, amounts=amounts)
    return found.verdict == "natural"


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
