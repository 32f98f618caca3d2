"""SEG010: the segments are no better separated than chance."""

from __future__ import annotations

from clientage.checks.base import Evidence, Finding, NotApplicable, Outcome


class BelowNull:
    """A silhouette that customers without any groups reach as well."""

    code = "SEG010"
    title = "Separation is no better than chance"
    looks_for = "a silhouette no more than two standard deviations above that of customers without groups"

    def examine(self, evidence: Evidence) -> Outcome:
        """Compare the chosen silhouette with the null's at the same number of segments."""
        chosen, null = evidence.selection.chosen, evidence.selection.null
        expected = null.expected(chosen.k) if null is not None else None
        value = chosen.silhouette
        if expected is None or value is None:
            return NotApplicable("there is no null test for this number of segments")
        if evidence.selection.apart is not None:
            return NotApplicable(
                "the groups differ in some columns only, and a silhouette over all columns drowns them"
            )
        if evidence.selection.bare is not None:
            return NotApplicable("bare ground shows the groups; a silhouette asks for round ones")
        if evidence.selection.in_heaps:
            return NotApplicable("the groups are heaps of single columns, which the simulated customers keep as well")
        if value > expected[0] + 2 * expected[1]:
            return None
        text = (
            f"The silhouette of these {chosen.k} segments is {value:.2f}. The same number of segments in simulated "
            f"customers without any groups has {expected[0]:.2f} (standard deviation {expected[1]:.2f})."
        )
        advice = "Do not speak of discovered groups: say that customers were divided."
        figures = {"silhouette": value, "null_mean": expected[0], "null_sd": expected[1]}
        return Finding(self.code, self.title, "warning", text, advice, figures)
