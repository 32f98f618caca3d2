"""SEG006: the segments are cuts of a continuum."""

from __future__ import annotations

from clientage.checks.base import Evidence, Finding, NotApplicable, Outcome
from clientage.checks.verdict import against_groups


class Continuum:
    """A verdict other than natural, and what it means for using the segments."""

    code = "SEG006"
    title = "Customers form a continuum"
    looks_for = "a verdict other than natural: no separate groups, or other groups than these segments"

    def examine(self, evidence: Evidence) -> Outcome:
        """Look at the verdict."""
        selection = evidence.selection
        chosen = selection.chosen
        if chosen.k < 2 or chosen.stability is None:
            return NotApplicable("there is one segment, or stability was not measured")
        if selection.verdict == "natural":
            return None
        if selection.verdict == "reproducible" and selection.null is None:
            return NotApplicable("whether there are separate groups was not tested (cluster.null_draws)")
        if selection.verdict == "reproducible" and chosen.marks and against_groups(selection):
            return NotApplicable("the segments are more separated than chance, and something else speaks against them")
        figures = {"stability": chosen.stability}
        if selection.groups and selection.repeated is None:
            return self._not_these(evidence, figures)
        if selection.verdict == "reproducible":
            text = (
                "Customers do not fall into separate groups; the borders between segments are cuts, which come back "
                f"in repeated samples (agreement {chosen.stability:.2f} of 1)."
            )
            advice = "Use the segments, and treat customers near a border (low confidence) as belonging to both."
            return Finding(self.code, self.title, "info", text, advice, figures)
        if selection.repeated is not None:
            return self._repetition(selection.repeated)
        text = (
            "Customers do not fall into groups that would be found again: another sample would be divided "
            f"differently (agreement {chosen.stability:.2f} of 1)."
        )
        advice = "Use the segments as a convenient division only, and do not build a strategy on them."
        return Finding(self.code, "There are no groups that come back", "warning", text, advice, figures)

    def _not_these(self, evidence: Evidence, figures: dict[str, float]) -> Finding:
        """A person asked for other segments than the groups that the data show."""
        chosen, advised = evidence.selection.chosen, evidence.selection.recommended
        text = f"These customers fall into separate groups, but the {chosen.k} segments join or cut some of them."
        advice = "Leave the number of segments and the algorithm to the rule to see the groups themselves."
        if advised is not None:
            advice = f"Ask for {advised.k} segments, as the rule would, to see the groups themselves."
        return Finding(self.code, "These segments are not the groups", "warning", text, advice, figures)

    def _repetition(self, share: float) -> Finding:
        text = (
            f"{share:.0%} of customers are one of ten rows that repeat. Any division between repeated rows looks "
            "perfect and says nothing about customers to come."
        )
        advice = (
            "Use the segments as a way to sort customers; add features in which customers differ to look for groups."
        )
        return Finding(self.code, "Customers are of only a few kinds", "warning", text, advice, {"repeated": share})
