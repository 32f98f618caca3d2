"""The summary: a study in one JSON-ready dict, versioned and documented in docs/summary-schema.md.

`summary.json`, `Study.summary()`, `clientage run --json` and the report all show this one dict.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from clientage.checks.catalogue import answers
from clientage.clustering.models import CentreModel
from clientage.segments.outcomes import Outcome
from clientage.segments.recommendations import Recommendation
from clientage.segments.rules import Rule, RuleSet
from clientage.segments.segment import Segment
from clientage.selection.candidate import Candidate
from clientage.selection.selection import Selection
from clientage.selection.shape_groups import ShapeEvidence
from clientage.selection.trade_off import cost_of
from clientage.study import StudyRecord

SCHEMA_VERSION = 1


def summary_of(record: StudyRecord) -> dict[str, Any]:
    """Return the summary of a study.

    Parameters
    ----------
    record : StudyRecord
        A finished study.

    Returns
    -------
    dict
        JSON-ready; numbers that do not exist are None, never NaN.
    """
    selection, customers = record.selection, record.customers
    account = next(iter(customers.quality.accounts.values()))
    chosen, null = selection.chosen, selection.null
    expected = null.expected(chosen.k) if null else None
    summary = {
        "schema_version": SCHEMA_VERSION,
        "input": record.prepared.sources[0].name,
        "inputs": [
            {"name": s.name, "format": s.format, "sha256": s.fingerprint, "dialect": dict(s.dialect)}
            for s in record.prepared.sources
        ],
        "kind": customers.origin,
        "rows_read": account.rows_read - sum(account.not_data.values()),
        "rejected": sum(account.rejected.values()),
        "rejected_reasons": dict(account.rejected),
        "repaired": sum(account.repaired.values()),
        "repaired_reasons": dict(account.repaired),
        "n_customers": customers.n,
        "features": [c.name for c in customers.features],
        "profile_columns": [c.name for c in customers.profile],
        "outcome_columns": [c.name for c in customers.outcome],
        "algorithm": chosen.algorithm,
        "n_segments": chosen.k,
        "unassigned": record.profiles.unassigned,
        "verdict": record.verdict.kind,
        "verdict_headline": record.verdict.headline,
        "verdict_sentence": record.verdict.sentence,
        "reason": selection.reason,
        "elbow": selection.elbow,
        "criteria": dict(chosen.criteria),
        "not_applicable": chosen.not_applicable,
        "favourites": dict(selection.favourites),
        "silhouette": chosen.criteria.get("silhouette"),
        "null_silhouette_at_k": expected[0] if expected else None,
        "null_silhouette_mean": null.mean if null else None,
        "null_silhouette_max": null.maximum if null else None,
        "p_value": null.p_value if null else None,
        "stability": chosen.stability,
        "stability_sd": chosen.stability_sd,
        "rules": _rules(record.rules),
        "segments": [
            _segment(s, _rule_of(record.rules, s)) | _standing(s, slsa, isinstance(chosen.model, CentreModel))
            for s, slsa in zip(record.profiles.segments, _slsa(record), strict=True)
        ],
        "candidates": [_candidate(c) | {"trade_off": cost_of(selection, c).sentence} for c in selection.candidates],
        **_shown_by(selection),
        "findings": [
            {"code": f.code, "title": f.title, "severity": f.severity, "text": f.text, "advice": f.advice}
            for f in record.findings
        ],
        "unjudged": [{"code": u.code, "title": u.title, "why": u.why} for u in record.unjudged],
        "checks": [asdict(a) for a in answers(record.findings, record.unjudged)],
        "seed": record.settings.cluster.seed,
        "timings": {step: round(seconds, 4) for step, seconds in record.timings.items()},
        "peak_memory_mb": round(record.peak_memory_mb, 1),
    }
    plain: dict[str, Any] = _plain(summary)
    return plain


def _segment(segment: Segment, rule: Rule | None) -> dict[str, Any]:
    return {
        "id": segment.id,
        "name": segment.name,
        "computed_name": segment.computed_name or segment.name,
        "size": segment.size,
        "share": segment.share,
        "value_share": segment.value_share,
        "stability": segment.stability,
        "confidence": segment.confidence,
        "profile": [
            {
                "column": t.column,
                "category": t.category,
                "mean": t.mean,
                "median": t.median,
                "overall_mean": t.overall_mean,
                "date": t.date,
                "overall_date": t.overall_date,
                "share": t.share,
                "overall_share": t.overall_share,
                "index": t.index,
                "effect": t.effect,
                "words": t.words,
            }
            for t in segment.traits
        ],
        "outcomes": [_outcome(o) for o in segment.outcomes],
        "recommendation": _recommendation(segment.recommendation),
        "rule": None if rule is None else {"text": rule.words, "precision": rule.precision, "recall": rule.recall},
    }


def _standing(segment: Segment, slsa: float | None, centres: bool) -> dict[str, Any]:
    """Where a segment stands among the others; the shadow value is defined by distances to centres."""
    return {"shadow": 1.0 - segment.confidence if centres else None, "slsa": slsa}


def _slsa(record: StudyRecord) -> list[float | None]:
    """SLSA of the segments, in their order; clusters have another."""
    values = record.selection.chosen.slsa
    order = record.segmentation.order
    return [None] * len(order) if values is None else [float(values[j]) for j in order]


def _shown_by(selection: Selection) -> dict[str, Any]:
    """What shows groups where a silhouette does not."""
    bare = None if selection.ground is None else asdict(selection.ground)
    return {"shape_evidence": _evidence(selection.evidence), "bare_ground": bare}


def _evidence(evidence: ShapeEvidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    return {
        "components": evidence.k,
        "gain": evidence.gain,
        "apart": evidence.apart,
        "why_not": evidence.why_not or None,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    uplift = outcome.uplift
    return {
        "column": outcome.column,
        "category": outcome.category,
        "kind": outcome.kind,
        "n": outcome.n,
        "value": outcome.value,
        "low": outcome.low,
        "high": outcome.high,
        "overall": outcome.overall,
        "label": outcome.label,
        "words": outcome.words,
        "uplift": None if uplift is None else asdict(uplift),
    }


def _recommendation(recommendation: Recommendation) -> dict[str, Any]:
    return {
        "play": recommendation.play,
        "title": recommendation.title,
        "text": recommendation.text,
        "evidence": list(recommendation.evidence),
    }


def _rules(rules: RuleSet | None) -> dict[str, Any] | None:
    if rules is None:
        return None
    return {
        "method": rules.method,
        "fidelity": rules.fidelity,
        "judged_on": rules.judged_on,
        "conditions": rules.thresholds,
    }


def _rule_of(rules: RuleSet | None, segment: Segment) -> Rule | None:
    if rules is None:
        return None
    return next((rule for rule in rules.rules if rule.segment_id == segment.id), None)


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "algorithm": candidate.algorithm,
        "k": candidate.k,
        "sizes": candidate.sizes,
        "criteria": dict(candidate.criteria),
        "not_applicable": candidate.not_applicable,
        "stability": candidate.stability,
        "stability_sd": candidate.stability_sd,
        "segment_stability": candidate.segment_stability,
        "slsa": candidate.slsa,
        "continues": candidate.continues,
        "valley": candidate.valley,
        "least_valley": candidate.least_valley,
        "usable": candidate.usable,
        "marks": list(candidate.marks),
    }


def _plain(value: Any) -> Any:
    """Return numpy numbers, arrays, tuples and mappings as what JSON knows; NaN and infinity as None."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
