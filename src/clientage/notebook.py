"""The project's charts and tables in a notebook.

Receives a study, or what is known of a source before any clustering, and the name of a figure; returns an
object that notebooks draw: as Vega-Lite where they can, else as a picture, else as the numbers in a table.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from clientage.charts.catalogue import FIGURES, draw
from clientage.charts.figure import Cell, DataTable, Figure, TableColumn
from clientage.charts.parts import parts_of
from clientage.charts.pictures import draw_picture, standing_alone
from clientage.errors import MissingExtraError, SettingsError, did_you_mean, listed
from clientage.python import Study
from clientage.report.formats import NUMERIC, cell_text
from clientage.study import Prepared

VEGA_LITE = "application/vnd.vegalite.v6+json"
WIDTH = 680  # points, about as wide as a notebook's cell


class Shown:
    """Something a notebook draws.

    Parameters
    ----------
    bundle : mapping of MIME type to content
        The same thing in several forms; the notebook takes the richest it knows.
    """

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self.bundle = dict(bundle)

    def __repr__(self) -> str:
        return str(self.bundle["text/plain"])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ARG002 - IPython's
        return self.bundle


def chart(of: Study | Prepared, name: str) -> Shown:
    """Return one of the figures that the report shows.

    Parameters
    ----------
    of : Study or Prepared
        What `clientage.segment` returned, or `clientage.study.prepare` before any clustering.
    name : str
        Key of `clientage.charts.catalogue.FIGURES`, for example ``"elbow"``, ``"silhouette"`` or ``"map"``.

    Raises
    ------
    SettingsError
        For an unknown name. A figure that has nothing to show here says so and stops nobody.
    """
    if name not in FIGURES:
        raise SettingsError(
            f"a figure out of {listed(list(FIGURES), 20)}", f"'{name}'", f"{did_you_mean(name, FIGURES)}"
        )
    figure = draw(name, parts_of(of if isinstance(of, Prepared) else of.record))
    if figure is None:
        return Shown({"text/plain": f"{FIGURES[name].title}: there is nothing to show here."})
    return Shown(_figure_bundle(figure))


def table(columns: Mapping[str, Sequence[Any]], caption: str = "") -> Shown:
    """Return a table of columns of one length: texts as they are, whole numbers, and others as the report writes them.

    Examples
    --------
    >>> table({"segment": ["A", "B"], "customers": [1200, 40]})
    segment | customers
    A | 1,200
    B | 40
    """
    forms = [_form(values) for values in columns.values()]
    heads = tuple(TableColumn(name, form) for name, form in zip(columns, forms, strict=True))  # type: ignore[arg-type]
    plain = [[_plain(cell) for cell in values] for values in columns.values()]
    return Shown(_table_bundle(DataTable(heads, tuple(zip(*plain, strict=True)), caption)))


def _figure_bundle(figure: Figure) -> dict[str, Any]:
    bundle: dict[str, Any] = {VEGA_LITE: standing_alone(figure, WIDTH)}
    try:
        bundle["image/png"] = b64encode(draw_picture(figure, scale=1.25)).decode()
    except MissingExtraError:
        bundle |= _table_bundle(figure.table, figure.title)
    return bundle | {"text/plain": f"{figure.title}. {figure.description}"}


def _table_bundle(data: DataTable, caption: str = "") -> dict[str, str]:
    lines = [[column.label for column in data.columns]]
    lines += [[cell_text(c, h.form) for c, h in zip(row, data.columns, strict=True)] for row in data.rows]
    align = ["right" if column.form in NUMERIC else "left" for column in data.columns]
    rows = [
        "<tr>" + "".join(f'<{tag} style="text-align:{a}">{escape(c)}</{tag}>' for c, a in zip(line, align, strict=True))
        for tag, line in zip(["th", *["td"] * len(data.rows)], lines, strict=True)
    ]
    said = caption or data.caption
    head = f"<caption>{escape(said)}</caption>" if said else ""
    return {
        "text/html": f"<table>{head}{'</tr>'.join([*rows, ''])}</table>",
        "text/plain": "\n".join(map(" | ".join, lines)),
    }


def _form(values: Sequence[Any]) -> str:
    numbers = [v for v in map(_plain, values) if v is not None and v == v]
    if not numbers or any(isinstance(v, str) for v in numbers):
        return "text"
    return "count" if all(float(v) == int(v) for v in numbers) else "number"


def _plain(value: Any) -> Cell:
    plain = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(plain, bool):
        return "yes" if plain else ""
    return plain if plain is None or isinstance(plain, (int, float)) else str(plain)
