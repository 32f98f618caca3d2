"""SEG001: segments that do not come back in other samples."""

from __future__ import annotations

from clientage.checks.base import Evidence, Finding, NotApplicable, Outcome, named
from clientage.selection.stability import TRUSTED

PATTERN = 0.75  # from here a segment is valid


class Unstable:
    """Segments whose mean best Jaccard over bootstraps is low (SLSW)."""

    code = "SEG001"
    title = "A segment does not come back"
    looks_for = f"segments found again to less than {PATTERN:.0%} in repeated samples"

    def examine(self, evidence: Evidence) -> Outcome:
        """Look at the stability of every segment."""
        values = [s.stability for s in evidence.profiles.segments]
        if any(v is None for v in values) or not values:
            return NotApplicable("stability was not measured")
        stability = [v for v in values if v is not None]
        weak = [j for j, v in enumerate(stability) if v < PATTERN]
        if not weak:
            return None
        worst = min(stability)
        serious = worst < TRUSTED
        advice = (
            "Do not plan anything for these segments alone; try another number of segments."
            if serious
            else "Treat them as a pattern, and look again when there are more customers."
        )
        segments = f"segment{'s' * (len(weak) > 1)} {named(evidence, weak)} {'are' if len(weak) > 1 else 'is'}"
        text = (
            f"In repeated samples {segments} found again to {worst:.0%}{' at worst' if len(weak) > 1 else ''}; "
            f"{PATTERN:.0%} is needed to rely on a segment and {TRUSTED:.0%} to use it at all."
        )
        figures = {"segments": float(len(weak)), "lowest": worst}
        return Finding(self.code, self.title, "serious" if serious else "warning", text, advice, figures)
