"""Slides as such: a 16:9 deck whose texts fit, tables and charts that people can edit.

Receives texts and numbers with places in inches, returns nothing: a `Deck` collects slides and gives the bytes
of a PowerPoint file. Home of python-pptx; what is said on the slides is decided elsewhere.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clientage.charts.palette import FAINT, INK, QUIET, ink_on, segment_colour
from clientage.extras import require
from clientage.report.measuring import GAP, INDENT, LINE, Kind, Paragraph, clean, fit, fit_cells, fit_line

WIDTH, HEIGHT = 13.333, 7.5
EDGE = 0.6
FONT = "Calibri"
POINTS = 72.0
CELL_SIDE, CELL_TOP = 0.08, 0.04  # margins of table cells, inches
COLOURS: Mapping[Kind, str] = {"head": QUIET, "body": INK, "bullet": INK, "quiet": QUIET}


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide, inches from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Series:
    """Values of a chart under one name; a colour for all, or one for each point.

    Parameters
    ----------
    name : str
        As in the legend.
    values : sequence of float or None
        One for each category.
    colours : sequence of str
        One colour, or as many as values.
    line : {"solid", "dashed", "dotted"}
        Lines that are not solid have no dots at their values.
    """

    name: str
    values: Sequence[float | None]
    colours: Sequence[str]
    line: Literal["solid", "dashed", "dotted"] = "solid"


class Deck:
    """A deck in the making.

    Parameters
    ----------
    title : str
        Of the file.
    created : datetime
        Of the file.

    Raises
    ------
    MissingExtraError
        When the library ``pptx`` is not installed.
    """

    def __init__(self, title: str, created: datetime.datetime) -> None:
        self._pptx: Any = require("pptx", "slides")
        self._deck = self._pptx.Presentation()
        self._deck.slide_width, self._deck.slide_height = self._inches(WIDTH), self._inches(HEIGHT)
        about = self._deck.core_properties
        about.title, about.author, about.last_modified_by = clean(title)[:255], "clientage", "clientage"
        about.created = about.modified = created

    def bytes(self) -> bytes:
        """Return the file."""
        buffer = io.BytesIO()
        self._deck.save(buffer)
        return buffer.getvalue()

    def slide(self, title: str, *, footer: str = "", left: float = EDGE, size: float = 28) -> Any:
        """Add a slide with a title, and return it."""
        slide = self._deck.slides.add_slide(self._deck.slide_layouts[5])
        box = Box(left, 0.4, WIDTH - EDGE - left, 0.85)
        fitted, text = fit_line(title, box.width * POINTS, size, 18, lines=2 if len(title) > 60 else 1)
        shape = slide.shapes.title
        self._place(shape, box)
        self._write(shape.text_frame, [Paragraph(text)], min(fitted, 24) if len(title) > 60 else fitted, bold=True)
        shape.text_frame.vertical_anchor = self._enum("text", "MSO_ANCHOR").MIDDLE
        number = len(self._deck.slides)
        foot = f"{clean(footer)}  ·  {number}" if footer else str(number)
        self.text(slide, Box(EDGE, HEIGHT - 0.42, WIDTH - 2 * EDGE, 0.25), [Paragraph(foot, "quiet")], 10, 8)
        return slide

    def text(
        self, slide: Any, box: Box, paragraphs: Sequence[Paragraph], largest: float, smallest: float = 10, **look: Any
    ) -> None:
        """Write paragraphs into a box, as large as they fit; what is cut stands whole in the notes.

        `look` may hold ``bold`` and ``colour``.
        """
        size, kept = fit(paragraphs, box.width * POINTS, box.height * POINTS, largest, smallest)
        shape = slide.shapes.add_textbox(*self._corner(box))
        self._write(shape.text_frame, kept, size, **look)
        if [p.text for p in kept] != [clean(p.text) for p in paragraphs]:
            self._note(slide, " ".join(clean(p.text) for p in paragraphs))

    def chip(self, slide: Any, box: Box, text: str, colour: str) -> None:
        """Draw the coloured number that stands for a segment."""
        kind = self._enum("shapes", "MSO_SHAPE").ROUNDED_RECTANGLE
        shape = self._filled(slide, box, colour, kind)
        self._write(shape.text_frame, [Paragraph(text)], 16, bold=True, colour=ink_on(colour), centred=True)
        shape.text_frame.vertical_anchor = self._enum("text", "MSO_ANCHOR").MIDDLE

    def bar(self, slide: Any, box: Box, colour: str) -> None:
        """Draw a filled rectangle."""
        self._filled(slide, box, colour, self._enum("shapes", "MSO_SHAPE").RECTANGLE)

    def table(
        self, slide: Any, box: Box, rows: Sequence[Sequence[str]], shares: Sequence[float], *, right: Sequence[int] = ()
    ) -> Any:
        """Add a table, its header first, as large as it fits, and return it.

        Parameters
        ----------
        slide : slide
            Of this deck.
        box : Box
            Where it goes; it may end earlier.
        rows : sequence of sequence of str
            Cells.
        shares : sequence of float
            Widths of the columns, relative to each other.
        right : sequence of int
            Columns of numbers.
        """
        widths = [box.width * share / sum(shares) for share in shares]
        inner = [(w - 2 * CELL_SIDE) * POINTS for w in widths]
        room = (box.height - 2 * CELL_TOP * len(rows)) * POINTS
        size, cells = fit_cells(rows, inner, room, 16, 9)
        height = len(rows) * (LINE * size / POINTS + 2 * CELL_TOP)
        frame = slide.shapes.add_table(len(rows), len(shares), *self._corner(Box(box.left, box.top, box.width, height)))
        table = frame.table
        table.horz_banding = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = self._inches(width)
        for i, row in enumerate(cells):
            for j, text in enumerate(row):
                self._cell(table.cell(i, j), text, size, head=i == 0, bold=j == 0, right=j in right)
        whole = [clean(cell) for row in rows for cell in row]
        if whole != [cell for row in cells for cell in row]:
            self._note(slide, "; ".join(whole))
        return table

    def bars(
        self, slide: Any, box: Box, categories: Sequence[str], series: Sequence[Series], *, form: str, limit: float = 0
    ) -> Any:
        """Add a chart of horizontal bars and return it.

        Parameters
        ----------
        slide : slide
            Of this deck.
        box : Box
            Where it goes.
        categories : sequence of str
            From above.
        series : sequence of Series
            One bar of each for every category.
        form : str
            Number format of the labels.
        limit : float
            The value axis reaches from minus this to this; 0: from 0 on, as far as needed.
        """
        chart = self._chart(slide, box, "BAR_CLUSTERED", [clean(c) for c in categories], series, form)
        chart.plots[0].gap_width, chart.plots[0].overlap = 45, -5
        axis, along = chart.category_axis, chart.value_axis
        axis.reverse_order = True
        axis.tick_label_position = self._enum("chart", "XL_TICK_LABEL_POSITION").LOW
        axis.format.line.color.rgb = self._rgb(QUIET)
        along.visible, along.has_major_gridlines = False, False
        along.minimum_scale = -limit if limit else 0.0
        if limit:
            along.maximum_scale = limit
        for drawn, given in zip(chart.plots[0].series, series, strict=True):
            drawn.invert_if_negative = False
            self._fill(drawn.format, given.colours[0])
            for i, colour in enumerate(given.colours if len(given.colours) > 1 else ()):
                self._fill(drawn.points[i].format, colour)
        self._labels(chart.plots[0], form)
        return chart

    def lines(self, slide: Any, box: Box, categories: Sequence[str], series: Sequence[Series], *, form: str) -> Any:
        """Add a chart of lines over categories and return it; arguments as for `bars`."""
        chart = self._chart(slide, box, "LINE_MARKERS", categories, series, form)
        chart.value_axis.major_gridlines.format.line.color.rgb = self._rgb(FAINT)
        chart.value_axis.tick_labels.number_format = form
        chart.value_axis.tick_labels.number_format_is_linked = False
        chart.value_axis.format.line.fill.background()
        for drawn, given in zip(chart.plots[0].series, series, strict=True):
            colour = self._rgb(given.colours[0])
            drawn.smooth = False
            drawn.format.line.color.rgb, drawn.format.line.width = colour, self._pptx.util.Pt(2.25)
            if given.line != "solid":
                dash = "ROUND_DOT" if given.line == "dotted" else "DASH"
                drawn.format.line.dash_style = getattr(self._enum("dml", "MSO_LINE"), dash)
                drawn.marker.style = self._enum("chart", "XL_MARKER_STYLE").NONE
                continue
            drawn.marker.style, drawn.marker.size = self._enum("chart", "XL_MARKER_STYLE").CIRCLE, 7
            self._fill(drawn.marker.format, given.colours[0])
            drawn.marker.format.line.fill.background()
        return chart

    def mark(self, cell: Any, segment_id: int) -> None:
        """Give a cell of a table the colour of a segment."""
        colour = segment_colour(segment_id)
        self._fill(cell, colour)
        for run in cell.text_frame.paragraphs[0].runs:
            run.font.color.rgb = self._rgb(ink_on(colour))

    def colours(self, ids: Sequence[int]) -> list[str]:
        """Return the colour of each segment."""
        return [segment_colour(i) for i in ids]

    def describe(self, slide: Any, text: str) -> None:
        """Give the chart or table added last a text alternative."""
        slide.shapes[-1]._element.nvGraphicFramePr.cNvPr.set("descr", clean(text))

    def _chart(
        self, slide: Any, box: Box, kind: str, categories: Sequence[str], series: Sequence[Series], form: str
    ) -> Any:
        data = require("pptx.chart.data", "slides").CategoryChartData(number_format=form)
        data.categories = list(categories)
        for s in series:
            data.add_series(clean(s.name), list(s.values))
        drawn = getattr(self._enum("chart", "XL_CHART_TYPE"), kind)
        chart = slide.shapes.add_chart(drawn, *self._corner(box), data).chart
        chart.font.size, chart.font.name = self._pptx.util.Pt(12), FONT
        chart.font.color.rgb = self._rgb(INK)
        chart.has_title = False
        chart.has_legend = len(series) > 1
        if chart.has_legend:
            chart.legend.position = self._enum("chart", "XL_LEGEND_POSITION").BOTTOM
            chart.legend.include_in_layout = False
        return chart

    def _labels(self, plot: Any, form: str) -> None:
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = form, False
        labels.font.size = self._pptx.util.Pt(12)
        labels.position = self._enum("chart", "XL_LABEL_POSITION").OUTSIDE_END

    def _cell(self, cell: Any, text: str, size: float, *, head: bool, bold: bool, right: bool) -> None:
        cell.margin_left = cell.margin_right = self._inches(CELL_SIDE)
        cell.margin_top = cell.margin_bottom = self._inches(CELL_TOP)
        cell.fill.solid()
        cell.fill.fore_color.rgb = self._rgb("#eceef0" if head else "#ffffff")
        self._write(cell.text_frame, [Paragraph(text)], size, bold=head or bold)
        if right:
            cell.text_frame.paragraphs[0].alignment = self._enum("text", "PP_ALIGN").RIGHT

    def _write(
        self,
        frame: Any,
        paragraphs: Sequence[Paragraph],
        size: float,
        *,
        bold: bool = False,
        colour: str | None = None,
        centred: bool = False,
    ) -> None:
        frame.word_wrap = True
        frame.auto_size = self._enum("text", "MSO_AUTO_SIZE").NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for position, p in enumerate(paragraphs):
            into = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
            into.alignment = self._enum("text", "PP_ALIGN").CENTER if centred else self._enum("text", "PP_ALIGN").LEFT
            into.space_before = self._pptx.util.Pt(0 if position == 0 else GAP[p.kind] * size)
            run = into.add_run()
            run.text = p.text
            font = run.font
            font.size, font.name, font.bold = self._pptx.util.Pt(size), FONT, bold or p.kind == "head"
            font.color.rgb = self._rgb(colour or COLOURS[p.kind])
            if p.kind == "bullet":
                self._bullet(into, size)

    def _bullet(self, paragraph: Any, size: float) -> None:
        """A bullet with a hanging indent, which the library has no words for."""
        oxml = require("pptx.oxml", "slides")
        namespace = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        properties = paragraph._p.get_or_add_pPr()
        indent = int(INDENT * size * 12700)
        properties.set("marL", str(indent))
        properties.set("indent", str(-indent))
        properties.append(oxml.parse_xml(f'<a:buFont {namespace} typeface="Arial"/>'))
        properties.append(oxml.parse_xml(f'<a:buChar {namespace} char="•"/>'))

    def _note(self, slide: Any, text: str) -> None:
        frame = slide.notes_slide.notes_text_frame
        frame.text = f"{frame.text}\n{text}".strip()

    def _filled(self, slide: Any, box: Box, colour: str, kind: Any) -> Any:
        shape = slide.shapes.add_shape(kind, *self._corner(box))
        self._fill(shape, colour)
        shape.line.fill.background()
        shape.shadow.inherit = False
        return shape

    def _fill(self, drawn: Any, colour: str) -> None:
        drawn.fill.solid()
        drawn.fill.fore_color.rgb = self._rgb(colour)

    def _place(self, shape: Any, box: Box) -> None:
        shape.left, shape.top, shape.width, shape.height = self._corner(box)

    def _corner(self, box: Box) -> tuple[Any, Any, Any, Any]:
        return tuple(self._inches(x) for x in (box.left, box.top, box.width, box.height))

    def _inches(self, x: float) -> Any:
        return require("pptx.util", "slides").Inches(x)

    def _rgb(self, colour: str) -> Any:
        return require("pptx.dml.color", "slides").RGBColor.from_string(colour.lstrip("#").upper())

    def _enum(self, room: str, name: str) -> Any:
        return getattr(require(f"pptx.enum.{room}", "slides"), name)
