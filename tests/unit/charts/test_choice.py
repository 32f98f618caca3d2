"""Titles and marks of the figures about the number of segments."""

from __future__ import annotations

from dataclasses import replace

import made_studies
from clientage.charts import choice
from clientage.study import StudyRecord


def by_kmeans() -> StudyRecord:
    roles = {"features": ["income", "store_visits", "total_spend"]}
    return made_studies.study(made_studies.shop(), roles=roles, cluster={"algorithm": "kmeans"})


def test_titles_say_what_was_found() -> None:
    selection = by_kmeans().selection
    figure = choice.silhouette(selection)
    assert figure is not None
    assert figure.title == "Four segments: the silhouette peaks at 4"
    assert selection.elbow == 4
    bend = choice.elbow(selection)
    assert bend is not None
    assert bend.title.startswith("The elbow is at four segments")


def test_noise_is_called_no_better_than_chance() -> None:
    figure = choice.silhouette(made_studies.noise_study().selection)
    assert figure is not None
    assert figure.title.startswith("The silhouette is no higher than chance gives")
    lines = {row["line"] for row in figure.spec["data"]["values"]}
    assert {"chance, on average", "chance, at most"} < lines


def test_no_elbow_is_invented() -> None:
    selection = replace(made_studies.shop_study().selection, elbow=None)
    figure = choice.elbow(selection)
    assert figure is not None
    assert figure.title.startswith("No clear elbow")
    assert not any(row["best"] for row in figure.spec["data"]["values"])
    overview = choice.criteria_overview(selection)
    assert overview is not None
    assert overview.title.endswith("one has no favourite")


def test_without_a_null_test_nothing_is_drawn_of_it() -> None:
    selection = replace(made_studies.shop_study().selection, null=None)
    figure = choice.silhouette(selection)
    assert figure is not None
    assert not any(row["line"].startswith("chance") for row in figure.spec["data"]["values"])


def test_the_chosen_solution_is_marked() -> None:
    selection = made_studies.shop_study().selection
    for draw in (choice.silhouette, choice.stability):
        figure = draw(selection)
        assert figure is not None
        marked = [figure.table.rows[i] for i in figure.table.strong]
        assert len(marked) == 1
        assert selection.chosen.k in marked[0]


def test_criteria_favour_what_their_definition_says() -> None:
    selection = made_studies.shop_study().selection
    figure = choice.criteria_overview(selection)
    assert figure is not None
    curve = [c for c in selection.candidates if c.algorithm == selection.chosen.algorithm and c.k > 1]
    best = {
        "Silhouette": max(curve, key=lambda c: c.criteria["silhouette"] or 0),
        "Calinski-Harabasz": max(curve, key=lambda c: c.criteria["calinski_harabasz"] or 0),
        "Davies-Bouldin": min(curve, key=lambda c: c.criteria["davies_bouldin"] or 0),
    }
    favourites = {row[0]: row[1] for row in figure.table.rows if row[3] == "favourite"}
    for name, candidate in best.items():
        assert favourites[name] == candidate.k


def test_a_chosen_solution_without_stability_is_called_neither_stable_nor_not() -> None:
    figure = choice.stability(made_studies.one_study().selection)
    assert figure is not None
    assert "come back best (stability " in figure.title
    assert figure.table.strong == ()
