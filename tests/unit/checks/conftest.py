"""A made study for the checks: only the parts they look at."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from clientage.checks.base import Evidence
from clientage.config import Settings
from clientage.data.table import Column
from clientage.features.encoding import FeatureMatrix
from clientage.selection.bare_ground import BareGround
from clientage.selection.null import NullTest

MakeEvidence = Callable[..., Evidence]

NULL = NullTest(
    observed=0.5,
    mean=0.3,
    maximum=0.35,
    p_value=0.05,
    draws=19,
    dip_columns=(),
    ks=(2, 3),
    observed_by_k=(0.5, 0.4),
    mean_by_k=(0.3, 0.28),
    sd_by_k=(0.02, 0.02),
)


def _evidence(
    values: np.ndarray,
    labels: np.ndarray,
    *,
    feature_of: np.ndarray | None = None,
    stability: list[float | None] | None = None,
    verdict: str = "natural",
    features: tuple[Column, ...] = (),
    null: NullTest | None = NULL,
    apart: float | None = None,
    bare: BareGround | None = None,
    repeated: float | None = None,
    groups: bool = False,
    in_heaps: bool = False,
    candidates: tuple[Any, ...] = (),
    settings: Settings | None = None,
    **chosen: Any,
) -> Evidence:
    n, k = len(values), int(labels.max()) + 1
    feature_of = np.arange(values.shape[1]) if feature_of is None else feature_of
    names = [f"f{j}" for j in range(int(feature_of.max()) + 1)]
    for column, f in zip(features, range(len(names)), strict=False):
        names[f] = column.name
    facts: dict[str, Any] = {
        "k": k,
        "algorithm": "kmeans",
        "silhouette": 0.5,
        "stability": 0.9,
        "usable": True,
        "marks": (),
    } | chosen
    values_of = stability or [0.9] * k
    segments = tuple(SimpleNamespace(id=j + 1, name=f"Name {j + 1}", stability=values_of[j]) for j in range(k))
    sizes = np.bincount(labels[labels >= 0], minlength=k)
    return Evidence(  # type: ignore[arg-type]
        customers=SimpleNamespace(n=n, features=features),
        matrix=FeatureMatrix(
            values,
            tuple(f"e{j}" for j in range(values.shape[1])),
            feature_of,
            SimpleNamespace(features=tuple(SimpleNamespace(name=name) for name in names)),
            (),
        ),
        selection=SimpleNamespace(
            chosen=SimpleNamespace(**facts),
            null=null,
            verdict=verdict,
            apart=apart,
            bare=bare,
            repeated=repeated,
            groups=groups,
            in_heaps=in_heaps,
            candidates=candidates,
            recommended=SimpleNamespace(k=k + 1) if groups else None,
            runners_up=(SimpleNamespace(usable=True, k=k + 1),),
        ),
        segmentation=SimpleNamespace(labels=labels, k=k, sizes=sizes, unassigned=int((labels < 0).sum())),
        profiles=SimpleNamespace(segments=segments),
        settings=settings or Settings(),
    )


@pytest.fixture
def evidence() -> MakeEvidence:
    """Return a builder of studies from values (n, p), labels (n,) and facts about the choice."""
    return _evidence


@pytest.fixture
def halves() -> tuple[np.ndarray, np.ndarray]:
    """Return 200 customers with three features, divided into two segments that differ a little in all."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 100)
    return rng.normal(size=(200, 3)) + labels[:, None], labels
