"""Criteria of a number of segments, from k-means of many tables (`clientage.selection.number_criteria`)."""

from __future__ import annotations

from clientage.selection.criteria.criterion import Criterion

OWN_SOLUTIONS = "k-means, between 2 and 30 segments, at least four customers for each"
GAP = Criterion(
    "gap",
    "Gap statistic",
    "higher",
    lambda part: (part.of_number or {}).get("gap"),
    f"{OWN_SOLUTIONS}, customers who differ within segments, and simulated tables (cluster.null_draws)",
)
PREDICTION_STRENGTH = Criterion(
    "prediction_strength",
    "Prediction strength",
    "higher",
    lambda part: (part.of_number or {}).get("prediction_strength"),
    f"{OWN_SOLUTIONS}, and resampling (cluster.bootstraps)",
)
