"""Writing a table that comes in parts into a database, whole or not at all.

Receives a URL with the table's name behind ``#``, and parts; all of them are one transaction. The password of the URL
never appears in a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from clientage.data.database import address_of, engine_of, refused, shown, url_and_table
from clientage.data.writing import array_of
from clientage.errors import InputError
from clientage.extras import require

WhenThere = Literal["refuse", "replace", "append"]
ROWS = 20_000  # sent at a time


class TableAppender:
    """A table of a database.

    Parameters
    ----------
    url : str
        ``postgresql://user@host/database#table`` or ``sqlite:///file.db#table``; a schema may stand before the table's
        name, with a dot. A SQLite file is made when it is absent.
    when_there : {"refuse", "replace", "append"}
        What happens when the table exists.

    Raises
    ------
    InputError
        When the database cannot be reached or written, or the table exists and is not to be touched.
    MissingExtraError
        When SQLAlchemy or the driver is not installed.
    """

    def __init__(self, url: str, when_there: WhenThere = "refuse") -> None:
        self._sqlalchemy = require("sqlalchemy", "writing to databases")
        base, name = url_and_table(url)
        if not name:
            raise InputError("a database URL with a table behind #", "no table", "Write for example …/shop#segments.")
        self._address = address_of(self._sqlalchemy, base, reading=False)
        self._made_file = self._new_file()
        self._schema, _, self._name = name.rpartition(".")
        self._when_there = when_there
        self._engine = engine_of(self._sqlalchemy, self._address)
        self._connection: Any = None
        self._insert: Any = None
        try:
            self._connection = self._engine.connect()
            self._refuse_existing()
            self._begin_transaction()
        except self._sqlalchemy.exc.SQLAlchemyError as problem:
            self.abandon()
            raise refused(problem, self._address, reading=False) from None
        except InputError:
            self.abandon()
            raise

    def _begin_transaction(self) -> None:
        """Have everything from here on kept or taken back as one."""
        if self._connection.dialect.name != "sqlite":
            return  # the connection begins one by itself
        self._connection.rollback()
        # Python's driver would begin one at the first row only, after tables were dropped and made
        self._connection.connection.dbapi_connection.isolation_level = None
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")

    def _new_file(self) -> Path | None:
        a = self._address
        if a.get_backend_name() != "sqlite" or a.database in (None, "", ":memory:") or Path(a.database).exists():
            return None
        return Path(a.database)

    def _refuse_existing(self) -> None:
        inspector = self._sqlalchemy.inspect(self._connection)
        if self._when_there == "refuse" and inspector.has_table(self._name, schema=self._schema or None):
            raise InputError(
                f"no table '{self._name}' in {shown(self._address)} yet",
                "there is one",
                "Say what is to become of it: --replace or --append.",
            )

    def add(self, columns: Mapping[str, Any]) -> None:
        """Send the next rows.

        Raises
        ------
        InputError
            When the database refuses them; nothing is kept then.
        """
        try:
            if self._insert is None:
                self._begin(columns)
            n = len(next(iter(columns.values())))
            for start in range(0, n, ROWS):
                arrays = [array_of(v, slice(start, start + ROWS), safe=False) for v in columns.values()]
                cells = [a.to_pylist() for a in arrays]
                names = [f"c{i}" for i in range(len(cells))]
                rows = [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
                self._connection.execute(self._insert, rows)
        except self._sqlalchemy.exc.SQLAlchemyError as problem:
            raise refused(problem, self._address, reading=False) from None

    def _begin(self, columns: Mapping[str, Any]) -> None:
        sql = self._sqlalchemy
        typed = [sql.Column(str(n), self._type(v), key=f"c{i}") for i, (n, v) in enumerate(columns.items())]
        table = sql.Table(self._name, sql.MetaData(), *typed, schema=self._schema or None)
        if self._when_there == "replace":
            table.drop(self._connection, checkfirst=True)
        table.create(self._connection, checkfirst=self._when_there == "append")
        self._insert = sql.insert(table)

    def _type(self, values: Any) -> Any:
        kind = array_of(values, slice(0, 1), safe=False).type
        if pa.types.is_integer(kind):
            return self._sqlalchemy.BigInteger() if kind.bit_width > 32 else self._sqlalchemy.Integer()
        return self._sqlalchemy.Double() if pa.types.is_floating(kind) else self._sqlalchemy.Text()

    def close(self) -> None:
        """Commit: the rows are all there from now on.

        Raises
        ------
        InputError
            When the database cannot keep them.
        """
        try:
            self._connection.commit()
        except self._sqlalchemy.exc.SQLAlchemyError as problem:
            raise refused(problem, self._address, reading=False) from None
        self._made_file = None
        self.abandon()

    def abandon(self) -> None:
        """Take back whatever was not committed, and leave."""
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()
        if self._made_file is not None:
            self._made_file.unlink(missing_ok=True)
