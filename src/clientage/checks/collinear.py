"""SEG007: features that are copies of one another."""

from __future__ import annotations

import numpy as np

from clientage.checks.base import Evidence, Finding, NotApplicable, Outcome

COPY = 0.95  # absolute correlation


class Collinear:
    """Pairs of features that say the same, and so count twice in every distance."""

    code = "SEG007"
    title = "Features repeat one another"
    looks_for = f"pairs of features that are nearly copies of each other (correlation above {COPY})"

    def examine(self, evidence: Evidence) -> Outcome:
        """Look at the correlations of numeric features."""
        names = evidence.feature_names
        numeric, products = evidence.encoded.numeric.tolist(), evidence.encoded.products
        if len(numeric) < 2:
            return NotApplicable("there are fewer than two numeric features")
        scale = np.sqrt(np.diag(products))
        r = np.abs(products / np.maximum(np.outer(scale, scale), 1e-300))
        pairs = [(i, j) for i in range(len(numeric)) for j in range(i) if r[i, j] > COPY]
        if not pairs:
            return None
        shown = ", ".join(f"'{names[numeric[j]]}' and '{names[numeric[i]]}' ({r[i, j]:.2f})" for i, j in pairs[:3])
        text = f"These features are nearly the same: {shown}. What they say counts twice or more in every distance."
        advice = "Keep one of each pair as a feature and make the other a profile column."
        figures = {"pairs": float(len(pairs)), "largest": max(float(r[i, j]) for i, j in pairs)}
        return Finding(self.code, self.title, "warning", text, advice, figures)
