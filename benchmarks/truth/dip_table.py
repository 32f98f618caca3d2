"""Simulate the null quantiles of the dip statistic and print src/clientage/selection/dip_quantiles.py.

    python benchmarks/truth/dip_table.py > src/clientage/selection/dip_quantiles.py

The uniform is the worst unimodal distribution, so its quantiles are the test's. About a minute.
"""

from __future__ import annotations

import numpy as np

from clientage.selection.dip import dip_statistic

SIZES = (20, 50, 100, 200, 500, 1000)
SURVIVAL = (0.999, 0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005)
DRAWS = 40_000

HEADER = '''"""Quantiles of √n·dip for uniform samples; written by benchmarks/truth/dip_table.py, do not edit.

{draws:,} samples of each size, seed 0. Rows are sizes, columns the share of samples with a larger dip.
"""

SIZES = {sizes}
SURVIVAL = {survival}
TABLE = ('''


def main() -> None:
    """Simulate and print."""
    print(HEADER.format(draws=DRAWS, sizes=SIZES, survival=SURVIVAL))
    for n in SIZES:
        rng = np.random.default_rng([0, n])
        dips = np.array([dip_statistic(rng.random(n)) for _ in range(DRAWS)]) * np.sqrt(n)
        row = np.quantile(dips, 1 - np.array(SURVIVAL))
        print("    (" + ", ".join(f"{q:.4f}" for q in row) + "),", flush=True)
    print(")")


if __name__ == "__main__":
    main()
