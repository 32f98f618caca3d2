"""The script that most tutorials arrive at, as one process: what `clientage run` is measured beside.

    python benchmarks/usual_script.py customers.csv out/

pandas reads, gaps are filled with medians, categories become one-hot columns, everything is scaled; k-means with ten
starts for k = 2..10, the best silhouette (on 10,000 rows, as people do when there are many) picks k; a two-column PCA,
means by segment and labelled rows are written. It judges nothing: no stability, no comparison with noise.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

KS = range(2, 11)
MOST_CATEGORIES = 20
SILHOUETTE_ROWS = 10_000


def features(table: pd.DataFrame) -> pd.DataFrame:
    """Return the numeric matrix: no ids, gaps filled, few-valued text as one-hot columns."""
    table = table.drop(columns=[c for c in table if c.lower().endswith("id")])
    numbers = table.select_dtypes("number")
    numbers = numbers.fillna(numbers.median())
    text = table.select_dtypes(exclude="number")
    few = [c for c in text if text[c].nunique() <= MOST_CATEGORIES]
    return pd.concat([numbers, pd.get_dummies(text[few], dtype=float)], axis=1) if few else numbers


def main(source: str, target: str) -> None:
    """Segment the customers of `source`, write into `target`, print what was chosen."""
    table = pd.read_parquet(source) if source.endswith(".parquet") else pd.read_csv(source)
    wide = features(table)
    x = StandardScaler().fit_transform(wide)
    fits = {k: KMeans(k, n_init=10, random_state=0).fit(x) for k in KS}
    sampled = min(SILHOUETTE_ROWS, len(x))
    scores = {k: silhouette_score(x, f.labels_, sample_size=sampled, random_state=0) for k, f in fits.items()}
    k = max(scores, key=lambda j: scores[j])
    labels = fits[k].labels_
    out = Path(target)
    out.mkdir(parents=True, exist_ok=True)
    wide.assign(segment=labels).groupby("segment").mean().to_csv(out / "profiles.csv")
    plane = PCA(2).fit_transform(x)
    table.assign(segment=labels, x=plane[:, 0], y=plane[:, 1]).to_csv(out / "segmented.csv", index=False)
    print(json.dumps({"k": k, "silhouette": float(scores[k])}))


if __name__ == "__main__":
    main(*sys.argv[1:])
