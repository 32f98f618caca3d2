"""The figures a verdict rests on: the null tables, borders, and solutions side by side."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import made_studies
from clientage.charts.borders import border_blades
from clientage.charts.chance import null_strip
from clientage.charts.figure import Figure
from clientage.charts.solutions import SLIGHT, solutions_flow
from clientage.segments.segmentation import Segmentation
from clientage.study import StudyRecord


def flow(record: StudyRecord) -> Figure:
    figure = solutions_flow(record.selection, record.segmentation)
    assert figure is not None
    return figure


def layer(figure: Figure, i: int) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = figure.spec["layer"][i]["data"]["values"]
    return values


def test_every_null_table_is_a_dot_and_the_title_counts_those_as_separated() -> None:
    for record in (made_studies.noise_study(), made_studies.shop_study()):
        null = record.selection.null
        assert null is not None
        figure = null_strip(record.selection)
        assert figure is not None
        assert len(layer(figure, 0)) == null.draws
        reached = sum(value >= null.observed - 1e-6 for value in null.drawn)
        assert null.p_value == pytest.approx((1 + reached) / (1 + null.draws))
        assert figure.title.startswith(f"{reached or 'None'} of {null.draws} ")
        assert figure.spec["layer"][1]["encoding"]["x"]["datum"] == pytest.approx(null.observed, rel=1e-3)


def test_without_a_null_test_there_is_no_strip() -> None:
    assert null_strip(replace(made_studies.noise_study().selection, null=None)) is None


def test_dots_that_fall_together_are_piled_and_never_overlap() -> None:
    selection = made_studies.noise_study().selection
    assert selection.null is not None
    null = replace(selection.null, drawn=(0.2, 0.2, 0.2, 0.3), observed=0.4, draws=4)
    figure = null_strip(replace(selection, null=null))
    assert figure is not None
    assert sorted((dot["at"], dot["pile"]) for dot in layer(figure, 0)) == [(0.2, 1), (0.2, 2), (0.2, 3), (0.3, 1)]


def test_where_silhouettes_cannot_show_the_groups_the_strip_says_so() -> None:
    record = made_studies.shop_study()
    null = record.selection.null
    assert null is not None
    level = replace(null, mean_by_k=tuple(1.0 for _ in null.ks))
    heaps = replace(record.selection, null=level, evidence=None)
    assert heaps.in_heaps == (heaps.apart is None)
    figure = null_strip(heaps)
    assert figure is not None
    assert "heaps of single columns" in figure.description


def test_streams_are_the_customers_who_go_from_segment_to_segment() -> None:
    record = made_studies.four_study()
    by_k = {c.k: c for c in record.selection.candidates if c.algorithm == "kmeans"}
    figure = flow(record)
    streams = layer(figure, 0)
    for k in range(2, 6):
        flows = by_k[k + 1].came_from
        assert flows is not None
        shares = flows / flows.sum()
        drawn = sorted(row["w"] for row in streams if row["k"] == k)
        expected = sorted(0.86 * shares[shares >= SLIGHT])
        assert drawn == pytest.approx(expected, rel=2e-3)


def test_bars_are_filled_by_their_streams_and_do_not_overlap() -> None:
    figure = flow(made_studies.noise_study())
    bars = layer(figure, 1) + layer(figure, 2)
    for k in {bar["k"] for bar in bars}:
        column = sorted((bar["top"], bar["end"]) for bar in bars if bar["k"] == k)
        assert all(end <= top + 1e-3 for (_, end), (top, _) in pairwise(column))
        assert column[0][0] == 0
        assert column[-1][1] == pytest.approx(1.0, abs=2e-3)


def test_the_chosen_solution_bears_the_numbers_of_its_segments_and_their_slsa() -> None:
    record = made_studies.four_study()
    figure = flow(record)
    labelled = {int(row["label"]): row for row in layer(figure, 3)}
    slsa = record.selection.chosen.slsa
    assert slsa is not None
    for number, cluster in enumerate(record.segmentation.order, 1):
        assert labelled[number]["slsa"] == pytest.approx(slsa[cluster], abs=1e-3)
    sizes = [s.share for s in record.profiles.segments]
    strong = [figure.table.rows[i] for i in figure.table.strong]
    assert [row[2] for row in strong] == pytest.approx(sizes)
    assert [row[1] for row in strong] == ["1", "2", "3", "4"]


def test_the_title_names_the_segments_that_are_put_together_from_several() -> None:
    record = made_studies.four_study()
    chosen = record.selection.chosen
    for slsa, words in (
        ([1.0, 1.0, 1.0, 1.0], "Each of the four segments comes from a single one"),
        ([0.1, 0.1, 0.1, 0.1], "All four segments are put together anew"),
    ):
        other = replace(chosen, slsa=np.array(slsa))
        selection = replace(
            record.selection,
            chosen=other,
            candidates=tuple(other if c is chosen else c for c in record.selection.candidates),
        )
        figure = solutions_flow(selection, record.segmentation)
        assert figure is not None
        assert figure.title.startswith(words)
    loose = np.ones(4)
    loose[record.segmentation.order[2]] = 0.2
    other = replace(chosen, slsa=loose)
    figure = solutions_flow(replace(record.selection, chosen=other), record.segmentation)
    assert figure is not None
    assert figure.title.startswith("Segment 3 is put together from several")


def test_density_clusters_have_no_solutions_to_set_side_by_side() -> None:
    record = made_studies.four_study()
    alone = replace(record.selection, candidates=(record.selection.chosen,))
    assert solutions_flow(alone, record.segmentation) is None


def made(confidence: np.ndarray, labels: np.ndarray) -> Segmentation:
    none = np.zeros(len(labels))
    return Segmentation(labels.astype(np.int32), none.astype(np.int32), confidence, none, np.arange(2))


def test_borders_show_the_confidence_of_every_customer() -> None:
    record = made_studies.four_study()
    figure = border_blades(record.segmentation, record.profiles)
    assert figure is not None
    for row, s in zip(figure.table.rows, record.profiles.segments, strict=True):
        own = record.segmentation.confidence[record.segmentation.labels == s.id - 1]
        assert row[1] == pytest.approx(own.mean(), abs=1e-3)
        assert row[2] == pytest.approx(np.mean(own < 0.1), abs=2e-3)
        bars = [b["s"] for b in figure.spec["concat"][0]["layer"][0]["data"]["values"] if b["id"] == s.id]
        assert bars == sorted(bars, reverse=True)
        assert np.mean(bars) == pytest.approx(own.mean(), abs=0.02)


def test_a_segment_with_many_customers_near_a_border_is_named() -> None:
    record = made_studies.four_study()
    profiles = replace(record.profiles, segments=record.profiles.segments[:2])
    labels = np.repeat([0, 1], 100)
    crowded = np.where((labels == 1) & (np.arange(200) % 2 == 0), 0.05, 0.8)
    figure = border_blades(made(crowded, labels), profiles)
    assert figure is not None
    assert figure.title == "25% of the customers stand near a border, most of all in segment 2 (50% of it)"
    calm = border_blades(made(np.full(200, 1.0), labels), profiles)
    assert calm is not None
    assert calm.title == "0% of the customers stand near the border of their segment"
