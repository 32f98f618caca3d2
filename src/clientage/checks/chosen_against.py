"""SEG013: something speaks against the chosen solution."""

from __future__ import annotations

from clientage.checks.base import Evidence, Finding, Outcome


class ChosenAgainst:
    """A solution with marks: asked for by a person, or the least bad of all."""

    code = "SEG013"
    title = "Something speaks against this solution"
    looks_for = "marks against the chosen solution, asked for by a person or the least bad of all"

    def examine(self, evidence: Evidence) -> Outcome:
        """Look at the marks of the chosen candidate."""
        chosen = evidence.selection.chosen
        if chosen.usable:
            return None
        better = [c for c in evidence.selection.runners_up if c.usable and c.k != chosen.k]
        text = f"With {chosen.k} segment{'s' if chosen.k > 1 else ''}, {'; '.join(chosen.marks)}."
        advice = (
            f"{better[0].k} segments have no such fault: ask for them with cluster.k."
            if better
            else "No number of segments is free of faults here; other features may help."
        )
        return Finding(self.code, self.title, "warning", text, advice, {"marks": float(len(chosen.marks))})
