"""The parts of a study that figures are drawn from.

Receives a study, or what is known before any clustering; returns what `catalogue.draw` takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clientage.charts.exploration import explored

if TYPE_CHECKING:
    from clientage.study import Prepared, StudyRecord

OF_A_STUDY = ("selection", "profiles", "segmentation", "matrix", "coreset")


def parts_of(of: StudyRecord | Prepared) -> dict[str, Any]:
    """Return the parts by name; without a clustering, the customers and their exploration alone.

    Parameters
    ----------
    of : StudyRecord or Prepared
        A finished study, or its beginning.
    """
    customers = of.customers
    known = of.ahead.get(explored) if hasattr(of, "ahead") else None
    exploration = known or explored(customers)
    held = {name: getattr(of, name) for name in OF_A_STUDY if hasattr(of, name)}
    return {"customers": customers, "exploration": exploration, **held}
