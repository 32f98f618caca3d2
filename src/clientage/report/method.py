"""How the segments were made, and what the report cannot say.

Receives a study; returns a section. Only what was done in this study is described.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clientage.charts.choice import algorithm_title
from clientage.report.blocks import Block, Bullets, Callout, Heading, Section, Text
from clientage.segments.wording import counted, joined

if TYPE_CHECKING:
    from clientage.study import StudyRecord

LIMITS = (
    "Segments describe the customers in this file at the time it was made. They say nothing about customers who are "
    "not in it.",
    "Only the columns marked as forming segments were used. Other columns could give other segments.",
    "Differences between segments are associations. That a segment buys more does not mean that treating other "
    "customers like it would make them buy more.",
    "The same data formed the segments and describe them, so differences in the features that formed them are "
    "expected; differences in the other columns are the better test of their use.",
)


RULE = (
    "A solution is not usable when a segment is tiny, is nothing but one category, or does not come back in other "
    "samples.",
    "Where separate groups were found, the solutions with the best separation stay in; where none were found, no "
    "solution separates better than chance and all usable ones stay.",
    "Of those that stay, the most useful wins: the one that captures most of the differences between customers and "
    "comes back most reliably. Where there are no separate groups each further segment must earn its place, since it "
    "is one more campaign to run.",
    "k-means, the plainest to explain, is preferred unless another algorithm separates the customers clearly better, "
    "or a mixture that learns the shape of a group shows groups that k-means does not see.",
)


def method_section(record: StudyRecord) -> Section:
    """What was done, in the order it was done, then the limits."""
    infos = [Callout("info", f.title, f.text, f.advice, f.code) for f in record.findings if f.severity == "info"]
    blocks: list[Block] = [Bullets(_steps(record)), Heading("How the number of segments is chosen"), Bullets(RULE)]
    if infos:
        blocks += [Heading("Further remarks of the checks"), *infos]
    blocks += [Heading("What these segments cannot tell"), Bullets(LIMITS)]
    blocks.append(Text(_repeat(record), (), "quiet"))
    return Section("method", "Method and limits", tuple(blocks), "Method and limits")


def _steps(record: StudyRecord) -> tuple[str, ...]:
    selection, settings = record.selection, record.settings
    tried = list(dict.fromkeys(algorithm_title(c.algorithm) for c in selection.candidates))
    ks = [c.k for c in selection.candidates if c.k > 1] or [1]
    n_features = len(record.customers.features)
    steps = [
        f"{counted(n_features, 'feature')} of {counted(record.customers.n, 'customer')} were put on one scale; "
        "lopsided ones were transformed first, and extreme values were drawn in for fitting only (see Data quality).",
    ]
    if record.coreset.exact:
        steps.append("Every customer took part in every comparison; no sample was drawn.")
    else:
        steps.append(
            f"For speed, solutions were compared on {len(record.coreset.weights):,} weighted points that stand for all "
            "customers; the final segments were then fitted to, and assigned among, all customers."
        )
    steps.append(
        f"{joined(tried)} were tried with {min(ks)} to {max(ks)} segments."
        if len(tried) > 1
        else f"{tried[0]} was tried with {min(ks)} to {max(ks)} segments."
    )
    if selection.null is not None:
        steps.append(
            f"Separation was compared with {selection.null.draws} simulated sets of customers that keep each column's "
            "distribution and all rank correlations but have no groups (a Gaussian copula; a t-copula where extremes "
            "come together)."
        )
    if selection.chosen.stability is not None:
        steps.append(
            f"Stability is the mean agreement over {settings.cluster.bootstraps} pairs of resampled customers "
            "(adjusted Rand index), and for single segments the mean overlap (Jaccard index)."
        )
    steps.append("Each segment was named and described by its largest differences from all customers.")
    return tuple(steps)


def _repeat(record: StudyRecord) -> str:
    return (
        f"The study can be repeated exactly: random seed {record.settings.cluster.seed}, settings in study.toml, "
        "versions and the fingerprint of the data in manifest.json, all in the run's folder."
    )
