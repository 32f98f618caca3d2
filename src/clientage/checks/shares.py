"""SEG014: features that are shares of one whole."""

from __future__ import annotations

import numpy as np

from clientage.checks.base import Evidence, Finding, NotApplicable, Outcome
from clientage.errors import listed
from clientage.features.amounts import amounts_by
from clientage.selection.null_tables.wholes import wholes_of

ROWS = 2_048  # customers looked at


class Shares:
    """Features that add up to the same for every customer, so that any of them is known from the others."""

    code = "SEG014"
    title = "Features are shares of one whole"
    looks_for = "features that add up to one and the same for 90% of customers or more, or never to more than 1 or 100"

    def examine(self, evidence: Evidence) -> Outcome:
        """Look for sums that do not vary."""
        matrix = evidence.matrix
        if len(evidence.feature_names) < 2:
            return NotApplicable("there is only one feature")
        some = np.asarray(matrix.values[:: max(1, len(matrix.values) // ROWS)])
        wholes = wholes_of(amounts_by(matrix)(some))
        if not wholes:
            return None
        told = []
        for whole in wholes:
            names = listed([matrix.names[j] for j in whole.columns])
            how = f"add up to {whole.total:,.4g}" if whole.closed else f"never add up to more than {whole.total:,.4g}"
            told.append(f"{names} {how}")
        text = f"{'; '.join(told)}. They are shares of one whole: who has more of one has less of the others."
        advice = (
            "Nothing need be changed: chance was simulated with shares as well. Together they say one thing less than "
            "they are columns; features.weights makes them count less."
        )
        figures = {"wholes": float(len(wholes)), "features": float(sum(len(w.columns) for w in wholes))}
        return Finding(self.code, self.title, "info", text, advice, figures)
