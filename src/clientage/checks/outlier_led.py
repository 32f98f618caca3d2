"""SEG003: segments made of extreme customers."""

from __future__ import annotations

import numpy as np

from clientage.checks.base import Evidence, Finding, Outcome, named

FAR = 3.5  # standard deviations in one column
MOST = 0.5  # share of a segment
RARE = 0.05  # share of all customers: more are no outliers but a heavy tail


class OutlierLed:
    """Segments most of whose members are far out in some column, as hardly anybody else is."""

    code = "SEG003"
    title = "A segment is made of extreme customers"
    looks_for = f"segments mostly of customers more than {FAR} standard deviations from the average in some column"

    def examine(self, evidence: Evidence) -> Outcome:
        """Count the customers beyond 3.5 standard deviations."""
        labels = evidence.segmentation.labels
        mean, variance = evidence.moments
        reach = FAR * np.where(variance > 0, np.sqrt(variance), 1.0)
        _, at, width = np.unique(evidence.matrix.feature_of, return_inverse=True, return_counts=True)
        numeric = width[at] == 1  # a rare category is far out by being rare
        far = np.empty(len(labels), dtype=bool)
        for low, part in evidence.matrix.blocks():
            far[low : low + len(part)] = (np.abs(part - mean) > reach)[:, numeric].any(axis=1)
        if not far.any() or far.mean() > RARE:
            return None
        shares = [
            float(far[labels == j].mean()) if (labels == j).any() else 0.0 for j in range(evidence.segmentation.k)
        ]
        led = [j for j, share in enumerate(shares) if share >= MOST]
        if not led:
            return None
        several = len(led) > 1
        share = f"{'up to ' * several}{max(shares):.0%}"
        text = (
            f"In segment{'s' * several} {named(evidence, led)} {share} of customers are more than {FAR} standard "
            f"deviations from the average in some column; among all customers {far.mean():.1%} are."
        )
        advice = "Check these customers for errors; if they are real, treat them as key accounts and not as a segment."
        figures = {"segments": float(len(led)), "share": max(shares), "overall": float(far.mean())}
        return Finding(self.code, self.title, "warning", text, advice, figures)
