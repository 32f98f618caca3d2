"""The one definition of scoring: from new data to segments, through the same steps the study took."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from clientage.config import Settings
from clientage.data.columns import RoleName, Roles
from clientage.data.quality import Note
from clientage.data.reading import read
from clientage.data.table import Kind, Table
from clientage.errors import ColumnError, counted
from clientage.features.customers import Customers, build_customers
from clientage.features.encoding import CategoryStep, Encoded
from clientage.features.transactions import build_from_transactions, build_joined
from clientage.runs.assignments import Assignments, assignments_of
from clientage.runs.model import SavedModel
from clientage.scoring.conform import conform
from clientage.segments.segmentation import in_order

# roles of transactions without which no behaviour can be computed
LINE_ROLES: tuple[RoleName, ...] = ("customer", "date", "order", "quantity", "price", "amount", "product", "discount")


class Scorer:
    """Scores new customers with a saved model.

    Parameters
    ----------
    model : SavedModel
        As `Run.model()` returns it.
    """

    def __init__(self, model: SavedModel) -> None:
        self.model = model
        given = model.settings
        # columns that only describe segments need not come with new customers
        roles = replace(given.roles, profile=(), outcome=(), ignore=(), value=None)
        policy = replace(given.transactions, as_of_least=model.as_of)
        self._settings = replace(given, roles=roles, transactions=policy)

    def score(self, source: Any, *, transactions: Any = None, as_of: str | None = None) -> Assignments:
        """Return the segment of every customer in `source`.

        Parameters
        ----------
        source : path, database URL or frame
            With the columns the model was made from, in any order; others are ignored.
        transactions : path, database URL or frame, optional
            Needed when the model was made from a table and transactions together.
        as_of : str, optional
            ISO date that recency and tenure are measured from. Default: the study's own where it was given one,
            else the later of the study's and the day after the last line.

        Raises
        ------
        ColumnError
            When a column is missing or of another kind.
        InputError
            When the source cannot be read.
        """
        settings = self._settings if as_of is None else _as_of(self._settings, as_of)
        table, roles = self._conforming(source, self.model.roles[0])
        if len(self.model.roles) == 1:
            build = build_from_transactions if roles.kind == "transactions" else build_customers
            return self.score_customers(build(table, roles, settings))
        if transactions is None:
            raise ColumnError(
                "transactions beside the customer table, as when the model was made",
                "only the customer table",
                "Give the invoice lines with --transactions.",
            )
        lines, line_roles = self._conforming(transactions, self.model.roles[1])
        return self.score_customers(build_joined(table, roles, lines, line_roles, settings))

    def score_customers(self, customers: Customers) -> Assignments:
        """Return the segment of customers that are built already.

        Parameters
        ----------
        customers : Customers
            With the model's features.
        """
        encoded = self.model.recipe.apply(customers.features)
        assignment = self.model.clusters.assign(encoded.values)
        segmentation = in_order(assignment, self.model.order)
        notes = (*customers.quality.notes, *_notes_of(encoded))
        return assignments_of(customers, segmentation, self.model.names, notes)

    def _conforming(self, source: Any, roles: Roles) -> tuple[Table, Roles]:
        """Read a source and make it fit the columns of the input with these roles."""
        table = read(source, self._settings.read, least_rows=0)
        lines = roles.kind == "transactions"
        return conform(table, roles, _kinds_of_lines(table, roles) if lines else self._kinds_of_features(roles))

    def _kinds_of_features(self, roles: Roles) -> dict[str, Kind]:
        """Kind of each source column the recipe needs; derived features are not columns of the source."""
        columns = set(roles.names("feature"))
        steps = [step for step in self.model.recipe.features if step.name in columns]
        return {step.name: "text" if isinstance(step, CategoryStep) else "number" for step in steps}


def _as_of(settings: Settings, as_of: str) -> Settings:
    return replace(settings, transactions=replace(settings.transactions, as_of=as_of))


def _kinds_of_lines(table: Table, roles: Roles) -> dict[str, Kind]:
    """Columns that lines must have: those of the study, of whatever kind they are read as."""
    needed = [name for role in LINE_ROLES for name in roles.names(role)]
    kinds: dict[str, Kind] = {}
    for name in needed:
        column = table.find(name)
        kinds[name] = "text" if column is None else column.kind
    return kinds


def _notes_of(encoded: Encoded) -> list[Note]:
    """Return what encoding noticed about new data, as notes."""
    notes = [
        Note(
            "new-category",
            "warning",
            f"{counted(count, 'cell')} of '{name}' with a category that training never saw.",
            name,
        )
        for name, count in encoded.unseen.items()
        if count
    ]
    notes += [
        Note("filled-missing", "repair", f"{counted(count, 'missing value')} in '{name}': filled as in training.", name)
        for name, count in encoded.filled.items()
        if count
    ]
    notes += [
        Note("out-of-range", "warning", f"{share:.1%} of '{name}' lies outside the range seen in training.", name)
        for name, share in encoded.out_of_range.items()
        if share > 0
    ]
    return notes
