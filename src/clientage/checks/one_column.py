"""SEG004: one column decides who is in which segment."""

from __future__ import annotations

import numpy as np

from clientage.checks.base import Evidence, Finding, NotApplicable, Outcome, between_shares

MOST = 0.6  # of the variance between segments
MOST_OF_TWO = 0.8


class OneColumn:
    """A feature that carries most of what separates the segments."""

    code = "SEG004"
    title = "One column decides"
    looks_for = f"a feature with {MOST:.0%} or more of what separates the segments ({MOST_OF_TWO:.0%} of two features)"

    def examine(self, evidence: Evidence) -> Outcome:
        """Look at each feature's share of the variance between segments."""
        names = evidence.feature_names
        if len(names) < 2 or evidence.segmentation.k < 2:
            return NotApplicable("there is only one feature or one segment")
        shares = between_shares(evidence)
        top = int(np.argmax(shares))
        share = float(shares[top])
        if share < (MOST_OF_TWO if len(names) == 2 else MOST):
            return None
        others = "feature hardly matters" if len(names) == 2 else f"{len(names) - 1} features hardly matter"
        text = f"'{names[top]}' alone carries {share:.0%} of what separates the segments; the other {others}."
        advice = f"Use '{names[top]}' as a simple rule, or leave it out to see what the others say."
        return Finding(self.code, self.title, "warning", text, advice, {"share": share})
