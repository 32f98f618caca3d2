"""All checks, and how a study is put to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clientage.checks.base import Check, Evidence, Finding, NotApplicable, Unjudged
from clientage.checks.below_null import BelowNull
from clientage.checks.categories_decide import CategoriesDecide
from clientage.checks.chosen_against import ChosenAgainst
from clientage.checks.coded_category import CodedCategory
from clientage.checks.collinear import Collinear
from clientage.checks.continuum import Continuum
from clientage.checks.one_column import OneColumn
from clientage.checks.outlier_led import OutlierLed
from clientage.checks.scale import Scale
from clientage.checks.tiny import Tiny
from clientage.checks.too_few import TooFew
from clientage.checks.unassigned import Unassigned
from clientage.checks.unstable import Unstable

if TYPE_CHECKING:
    from clientage.features.customers import Customers
    from clientage.features.encoding import FeatureMatrix
    from clientage.segments.profiles import Profiles
    from clientage.segments.segmentation import Segmentation
    from clientage.selection.select import Selection

CHECKS: tuple[Check, ...] = (
    Unstable(),
    Tiny(),
    OutlierLed(),
    OneColumn(),
    CategoriesDecide(),
    Continuum(),
    Collinear(),
    CodedCategory(),
    TooFew(),
    BelowNull(),
    Scale(),
    Unassigned(),
    ChosenAgainst(),
)
ORDER = ("serious", "warning", "info")


def check(
    customers: Customers, matrix: FeatureMatrix, selection: Selection, segmentation: Segmentation, profiles: Profiles
) -> tuple[tuple[Finding, ...], tuple[Unjudged, ...]]:
    """Put a study to all checks.

    Parameters
    ----------
    customers, matrix, selection, segmentation, profiles
        The parts of the study.

    Returns
    -------
    findings : tuple of Finding
        Serious ones first, then warnings, then remarks; by code within each.
    unjudged : tuple of Unjudged
        The checks that could not judge, and why; by code.
    """
    evidence = Evidence(customers, matrix, selection, segmentation, profiles)
    answers = [(c, c.examine(evidence)) for c in CHECKS]
    found = [a for _, a in answers if isinstance(a, Finding)]
    unjudged = [Unjudged(c.code, c.title, a.why) for c, a in answers if isinstance(a, NotApplicable)]
    return tuple(sorted(found, key=lambda f: (ORDER.index(f.severity), f.code))), tuple(unjudged)
