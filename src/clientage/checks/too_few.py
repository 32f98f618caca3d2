"""SEG009: too few customers for what is asked of them."""

from __future__ import annotations

from clientage.checks.base import Evidence, Finding, Outcome

FEWEST = 30
PER_SEGMENT = 20


class TooFew:
    """Fewer than 30 customers, fewer than features, or fewer than 20 a segment."""

    code = "SEG009"
    title = "There are few customers"
    looks_for = f"fewer than {FEWEST} customers, fewer than features, or fewer than {PER_SEGMENT} for each segment"

    def examine(self, evidence: Evidence) -> Outcome:
        """Compare customers with features and segments."""
        n, k, p = evidence.customers.n, evidence.segmentation.k, len(evidence.feature_names)
        figures = {"customers": float(n), "features": float(p), "segments": float(k)}
        advice = "Read the segments as a first impression; ask for fewer segments or gather more customers."
        if n < FEWEST or n < p:
            text = f"{n} customers with {p} features are too few for any statement about segments to hold."
            return Finding(self.code, self.title, "serious", text, advice, figures)
        if n < PER_SEGMENT * k:
            text = f"{n} customers in {k} segments are {n / k:.0f} each; below {PER_SEGMENT} an average says little."
            return Finding(self.code, self.title, "warning", text, advice, figures)
        return None
