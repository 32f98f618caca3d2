"""Databases, by URL through SQLAlchemy.

Receives a URL and a table or query; returns a `Table`. Rows are fetched as they are needed, and live on disk where
they are more than memory may hold. The connection reads only; the password of the URL never appears in a message, a
source or a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from clientage.config import ReadSettings
from clientage.data.cells import CellColumn
from clientage.data.frames import table_from_arrow
from clientage.data.layout import distinct_names
from clientage.data.table import Source, Table
from clientage.data.wanted import chosen
from clientage.errors import InputError, did_you_mean, listed
from clientage.extras import require
from clientage.spool import spool_for

BATCH = 20_000
CONNECT_SECONDS = 10


def read_database(
    url: str, settings: ReadSettings, columns: Sequence[str] | None = None, *, least_rows: int = 2
) -> Table:
    """Return the table of a database.

    Parameters
    ----------
    url : str
        ``sqlite:///file.db`` or ``postgresql://user:password@host/database``; any SQLAlchemy URL whose driver is
        installed. A table may be named behind it: ``…/database#table``.
    settings : ReadSettings
        `table` or `query`, unless the URL names a table; a database of one table needs neither.
    columns : sequence of str, optional
        Only these, in this order.
    least_rows : int
        Fewer rows are refused.

    Raises
    ------
    InputError
        When the database cannot be reached or read, or the table is not there.
    MissingExtraError
        When SQLAlchemy or the driver is not installed.
    """
    sqlalchemy = require("sqlalchemy", "reading databases")
    url, named = url_and_table(url)
    if named:
        settings = replace(settings, table=named, query=None)
    address = address_of(sqlalchemy, url)
    engine = engine_of(sqlalchemy, address)
    try:
        with engine.connect() as connection:
            _only_read(sqlalchemy, connection)
            statement, name = _statement(sqlalchemy, connection, settings, address)
            # rows are fetched as they are needed, not all at once
            streaming = connection.execution_options(stream_results=True, max_row_buffer=BATCH)
            return _fetched(streaming.execute(statement), name, settings, columns, least_rows)
    except sqlalchemy.exc.SQLAlchemyError as problem:
        raise refused(problem, address) from None
    except (UnicodeDecodeError, OSError) as problem:
        raise InputError("a readable database", f"{shown(address)}: {problem}", "Check the URL.") from None
    finally:
        engine.dispose()


def url_and_table(url: str) -> tuple[str, str]:
    """Return the URL and the table that stands behind it, "" where none does.

    Examples
    --------
    >>> url_and_table("sqlite:///shop.db#customers"), url_and_table("postgresql://bob:a#b@host/shop")
    (('sqlite:///shop.db', 'customers'), ('postgresql://bob:a#b@host/shop', ''))
    """
    base, _, table = url.rpartition("#")
    return (base, table) if base and not {"@", "/"} & set(table) else (url, "")


def address_of(sqlalchemy: Any, url: str, *, reading: bool = True) -> Any:
    """Return the parts of a URL, with the driver that is used; a file to be read must be there.

    Raises
    ------
    InputError
        For a text that is no URL, or a file that is no database.
    """
    try:
        address = sqlalchemy.engine.make_url(url)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        # the text is not repeated: it may hold a password
        raise InputError(
            "a database URL", "one that cannot be parsed", "Write sqlite:///file.db or postgresql://user@host/database."
        ) from None
    if address.drivername in ("postgresql", "postgres"):
        require("psycopg", "reading PostgreSQL")
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        file = Path(address.database)
        if not reading and not file.exists():
            return address
        if not file.is_file():
            raise InputError("an existing database", f"there is no '{file}'", "Check the path.")
        with open(file, "rb") as opened:
            if opened.read(16) not in (b"SQLite format 3\0", b""):
                raise InputError("an SQLite database", f"'{file.name}' is something else", "Check the path.")
    return address


def engine_of(sqlalchemy: Any, address: Any) -> Any:
    """Return what connects to a database.

    Raises
    ------
    InputError
        When the driver is not installed.
    """
    arguments = {"connect_timeout": CONNECT_SECONDS} if address.get_backend_name() == "postgresql" else {}
    try:
        return sqlalchemy.create_engine(address, connect_args=arguments, poolclass=sqlalchemy.pool.NullPool)
    except (sqlalchemy.exc.NoSuchModuleError, ModuleNotFoundError):
        raise InputError(
            "a database whose driver is installed",
            f"'{address.drivername}'",
            "Use sqlite or postgresql, or install the driver that SQLAlchemy names for it.",
        ) from None


def _only_read(sqlalchemy: Any, connection: Any) -> None:
    """Make sure that no statement can change anything."""
    if connection.dialect.name == "sqlite":
        connection.execute(sqlalchemy.text("PRAGMA query_only = ON"))
    elif connection.dialect.name == "postgresql":
        connection.execute(sqlalchemy.text("SET TRANSACTION READ ONLY"))


def _statement(sqlalchemy: Any, connection: Any, settings: ReadSettings, address: Any) -> tuple[Any, str]:
    if settings.query is not None:
        return sqlalchemy.text(settings.query.replace(":", r"\:")), "query"
    inspector = sqlalchemy.inspect(connection)
    schema, _, name = (settings.table or "").rpartition(".")
    names = [*inspector.get_table_names(), *inspector.get_view_names()]
    if settings.table is None:
        if len(names) != 1:
            found = f"tables {listed(sorted(names))}" if names else "no tables"
            fix = f"Name it behind the URL: #{names[0] if names else 'customers'}. Or set read.query."
            raise InputError(f"one table in {shown(address)}, or a choice", found, fix)
        return sqlalchemy.select(sqlalchemy.text("*")).select_from(sqlalchemy.table(names[0])), names[0]
    if settings.table in names:
        return sqlalchemy.select(sqlalchemy.text("*")).select_from(sqlalchemy.table(settings.table)), settings.table
    inside = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)] if schema else []
    if name in inside:
        table = sqlalchemy.table(name, schema=schema)
        return sqlalchemy.select(sqlalchemy.text("*")).select_from(table), settings.table
    raise InputError(
        f"a table '{settings.table}' in {shown(address)}",
        f"tables {listed(sorted(names))}" if names else "no tables that this user may see",
        f"Check the name and the user's rights.{did_you_mean(settings.table, names)}",
    )


def _fetched(result: Any, name: str, settings: ReadSettings, columns: Sequence[str] | None, least_rows: int) -> Table:
    if not result.returns_rows:
        raise InputError("a query that returns rows", "one that returns none", "Give a SELECT.")
    names, notes = distinct_names(list(result.keys()))
    if len(names) > settings.max_columns:
        raise InputError(
            f"at most {settings.max_columns:,} columns", f"{len(names):,} columns in '{name}'", "Select fewer."
        )
    kept = chosen(names, columns, name)
    places = [names.index(n) for n in kept]
    spool = spool_for(settings.memory)
    gathered = [CellColumn(n, spool) for n in kept]
    n_rows = 0
    for part in result.partitions(BATCH):
        n_rows += len(part)
        if n_rows * len(names) > settings.max_cells:
            raise InputError(f"at most {settings.max_cells:,} cells", f"more in '{name}'", "Select less.")
        cells = list(zip(*part, strict=True))
        for column, place in zip(gathered, places, strict=True):
            column.add(cells[place])
    arrays, source = list(zip(kept, gathered, strict=True)), Source(name, "sql", "", {})
    return table_from_arrow(arrays, settings, source, notes, least_rows=least_rows, spool=spool.next())


def shown(address: Any) -> str:
    """Return a URL quoted, without its password."""
    return f"'{address.render_as_string(hide_password=True)}'"


def refused(problem: Exception, address: Any, *, reading: bool = True) -> InputError:
    """Return the driver's own reason, without the statement's parameters and without the password."""
    reason = str(getattr(problem, "orig", None) or problem).strip().splitlines()
    text = reason[0][:300] if reason else type(problem).__name__
    if address.password:
        text = text.replace(str(address.password), "***")
    fix = f"Check the address, the user's rights, and the table{' or query' if reading else ''}."
    return InputError(
        f"a database that can be {'read' if reading else 'written to'}", f"{shown(address)} says: {text}", fix
    )
