"""SEG005: categories decide who is in which segment."""

from __future__ import annotations

import numpy as np

from clientage.checks.base import Evidence, Finding, NotApplicable, Outcome, between_shares

MOST = 0.5


class CategoriesDecide:
    """Nominal features that carry most of what separates the segments."""

    code = "SEG005"
    title = "Categories decide"
    looks_for = f"categories that carry {MOST:.0%} or more of what separates the segments"

    def examine(self, evidence: Evidence) -> Outcome:
        """Look at the share of all nominal features together, and at segments that are one category."""
        _, at = np.unique(evidence.matrix.feature_of, return_inverse=True)
        columns = np.bincount(at)
        nominal = [j for j, count in enumerate(columns.tolist()) if count > 1]
        if not nominal or evidence.segmentation.k < 2:
            return NotApplicable("no feature is a category")
        share = float(between_shares(evidence)[nominal].sum())
        numeric = len(columns) - len(nominal)
        if share < MOST or not numeric:
            return None
        names = ", ".join(f"'{evidence.feature_names[j]}'" for j in nominal[:3])
        others = "numeric feature" if numeric == 1 else f"{numeric} numeric features together"
        text = (
            f"The categories of {names} carry {share:.0%} of what separates the segments, more than the {others}: "
            "the segments repeat what the categories already say."
        )
        advice = "Make the categories profile columns, which describe the segments and do not make them."
        return Finding(self.code, self.title, "warning", text, advice, {"share": share})
