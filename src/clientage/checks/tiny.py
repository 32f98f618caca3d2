"""SEG002: segments too small to use."""

from __future__ import annotations

from clientage.checks.base import Evidence, Finding, Outcome, named
from clientage.selection.marks import LEAST_CUSTOMERS, LEAST_SHARE, least_size


class Tiny:
    """Segments of fewer than 1 % of customers or fewer than ten."""

    code = "SEG002"
    title = "A segment is tiny"
    looks_for = f"segments of fewer than {LEAST_SHARE:.0%} of customers, or of fewer than {LEAST_CUSTOMERS}"

    def examine(self, evidence: Evidence) -> Outcome:
        """Look at the sizes."""
        sizes, n = evidence.segmentation.sizes.tolist(), evidence.customers.n
        least = least_size(n)
        small = [j for j, size in enumerate(sizes) if size < least]
        if not small:
            return None
        smallest = min(sizes)
        who, size = named(evidence, small), f"{smallest:,} of {n:,} customers ({smallest / n:.1%})"
        told = f"Segment {who} has {size}" if len(small) == 1 else f"Segments {who} are tiny, the smallest with {size}"
        text = (
            f"{told}; fewer than {least:,} are too few to describe and to address, and splitting them off flatters "
            "the silhouette."
        )
        advice = "Ask for fewer segments, or look at these customers one by one."
        figures = {"segments": float(len(small)), "smallest": float(smallest), "share": smallest / n}
        return Finding(self.code, self.title, "serious", text, advice, figures)
