"""Write made.csv, the customers that R and clientage are compared on: three overlapping groups of 60 in two columns.

python benchmarks/oracles/made.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

GROUPS = ((0.0, 0.0), (3.2, 0.4), (1.2, 3.0))


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(20261121)
    x = np.concatenate([rng.normal(centre, 1.0, size=(60, 2)) for centre in GROUPS])
    lines = ["a,b", *(f"{a:.4f},{b:.4f}" for a, b in x)]
    (Path(__file__).parent / "made.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
