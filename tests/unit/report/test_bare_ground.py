"""Groups that bare ground shows: the figures beside the verdict are those that show them, and no silhouette."""

from __future__ import annotations

import made_studies
from clientage.report.answers import verdict_section
from clientage.report.blocks import Callout, Facts
from clientage.report.glossary import glossary
from clientage.report.trying import headline_of_summary
from clientage.summary import summary_of


def test_the_figures_beside_the_verdict_are_those_that_show_the_groups() -> None:
    record = made_studies.crescents_study()
    bare = record.selection.bare
    assert bare is not None
    section = verdict_section(record)
    said = next(b for b in section.blocks if isinstance(b, Callout))
    assert "bare ground" in said.text
    facts = {f.label: f.value for b in section.blocks if isinstance(b, Facts) for f in b.items}
    assert facts["usual steps of bare ground"] == f"{bare.width:.1f}"
    assert facts["at most, without groups"] == f"{bare.chance:.1f}"
    assert not any("silhouette" in label for label in facts)
    assert "bare ground" in glossary()


def test_so_are_those_of_a_saved_run() -> None:
    record = made_studies.crescents_study()
    summary = summary_of(record)
    assert summary["algorithm"] == "dbscan"
    labels = [f.label for f in headline_of_summary(summary).items]
    assert f"usual steps of bare ground (chance at most {summary['bare_ground']['chance']:.1f})" in labels
    assert "silhouette" not in " ".join(labels)
    round_ones = [f.label for f in headline_of_summary(summary | {"algorithm": "kmeans"}).items]
    assert "silhouette" in " ".join(round_ones)
