"""SEG011: the scale of one column dominates every distance."""

from __future__ import annotations

import numpy as np

from clientage.checks.base import Evidence, Finding, NotApplicable, Outcome

MOST = 0.6  # of the variance of all encoded columns
MOST_OF_TWO = 0.8


class Scale:
    """A feature with most of the variance in the encoded matrix: by its unit, not by what it says."""

    code = "SEG011"
    title = "The scale of one column dominates"
    looks_for = f"a feature with {MOST:.0%} or more of the variance of all features ({MOST_OF_TWO:.0%} of two)"

    def examine(self, evidence: Evidence) -> Outcome:
        """Compare the variances of the encoded features."""
        names = evidence.feature_names
        if len(names) < 2:
            return NotApplicable("there is only one feature")
        variance = np.bincount(evidence.matrix.feature_of, weights=evidence.moments[1], minlength=len(names))
        top = int(np.argmax(variance))
        share = float(variance[top] / max(float(variance.sum()), 1e-300))
        if share < (MOST_OF_TWO if len(names) == 2 else MOST):
            return None
        text = (
            f"'{names[top]}' has {share:.0%} of the variance of all {len(names)} features, so that distances between "
            "customers are little else than differences in it."
        )
        weigh = "ive it a smaller weight in features.weights."
        standard = evidence.settings.features.scale == "standard"
        advice = f"G{weigh}" if standard else f'Set features.scale to "standard", or g{weigh}'
        return Finding(self.code, self.title, "serious", text, advice, {"share": share})
