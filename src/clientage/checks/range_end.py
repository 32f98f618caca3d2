"""SEG015: the largest number of segments that was tried shows the groups."""

from __future__ import annotations

from clientage.checks.base import Evidence, Finding, NotApplicable, Outcome
from clientage.config import MOST_SEGMENTS


class RangeEnd:
    """Groups in the largest number that was tried: there may be more than were looked for."""

    code = "SEG015"
    title = "There may be more groups than were looked for"
    looks_for = "groups in the largest number of segments that was tried"

    def examine(self, evidence: Evidence) -> Outcome:
        """Compare the chosen number with those tried by the same algorithm."""
        selection = evidence.selection
        chosen = selection.chosen
        tried = {c.k for c in selection.candidates if c.algorithm == chosen.algorithm}
        if len(tried) < 2:
            return NotApplicable("the algorithm finds the number of segments itself, or one number alone was tried")
        if selection.verdict != "natural" or selection.recommended is not None or chosen.k < max(tried):
            return None
        text = (
            f"The customers fall into separate groups, and {chosen.k}, the largest number of segments that was tried, "
            f"shows them best. Two groups that belong apart may be one segment."
        )
        advice = (
            f"Try larger numbers: --set cluster.k_max={min(2 * chosen.k, MOST_SEGMENTS)}."
            if chosen.k < MOST_SEGMENTS
            else "No more are tried: segment the customers of one large segment by themselves."
        )
        figures = {"segments": float(chosen.k), "smallest_tried": float(min(tried))}
        return Finding(self.code, self.title, "warning", text, advice, figures)
