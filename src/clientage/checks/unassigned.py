"""SEG012: many customers are in no segment."""

from __future__ import annotations

from clientage.checks.base import Evidence, Finding, Outcome

MANY = 0.1


class Unassigned:
    """Customers that a density algorithm left out."""

    code = "SEG012"
    title = "Customers are in no segment"
    looks_for = f"more than {MANY:.0%} of customers in no segment (density algorithms)"

    def examine(self, evidence: Evidence) -> Outcome:
        """Count them."""
        left, n = evidence.segmentation.unassigned, evidence.customers.n
        if left <= MANY * n:
            return None
        text = f"{left:,} of {n:,} customers ({left / n:.0%}) are too far from all dense groups to be in a segment."
        advice = "Choose k-means, or enlarge cluster.eps, when every customer must have a segment."
        return Finding(self.code, self.title, "warning", text, advice, {"customers": float(left), "share": left / n})
