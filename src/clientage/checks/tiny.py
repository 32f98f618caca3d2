"""SEG002: segments too small to use."""

from __future__ import annotations

from clientage.checks.base import Evidence, Finding, Outcome, named
from clientage.selection.marks import least_size


class Tiny:
    """Segments of fewer than 1 % of customers or fewer than ten."""

    code = "SEG002"
    title = "A segment is tiny"

    def examine(self, evidence: Evidence) -> Outcome:
        """Look at the sizes."""
        sizes, n = evidence.segmentation.sizes.tolist(), evidence.customers.n
        least = least_size(n)
        small = [j for j, size in enumerate(sizes) if size < least]
        if not small:
            return None
        smallest = min(sizes)
        text = (
            f"Segment {named(evidence, small)} has {smallest:,} of {n:,} customers ({smallest / n:.1%}); fewer than "
            f"{least:,} are too few to describe and to address, and splitting them off flatters the silhouette."
        )
        advice = "Ask for fewer segments, or look at these customers one by one."
        figures = {"segments": float(len(small)), "smallest": float(smallest), "share": smallest / n}
        return Finding(self.code, self.title, "serious", text, advice, figures)
