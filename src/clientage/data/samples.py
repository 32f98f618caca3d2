"""The simulated shop: customers and their orders, with planted segments and the usual dirt.

Receives a folder, a number of customers and a seed; writes `customers.csv`, `transactions.csv` and
`truth.csv` (the planted segment of each customer) and returns their paths. The behaviour columns of
the customer table are counted from the very lines of the transactions file, so both tell one story.

Customers are made in blocks of 4,096, each with a random stream of its own: memory does not grow with
the shop, and a larger shop of the same seed begins with the customers of the smaller one.

Planted dirt. Customers: missing ages, incomes and store visits, repeated rows, an income typed as
999999, cities in other case and spacing, an e-mail that no segmentation may use. Transactions: returns,
lines without a customer, repeated lines, free gifts, postage, a few wholesale quantities, one-time buyers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from clientage.data.planted import BLOCK, HISTORY, MOST_ORDERS, PLANTED, Traits, draw_traits, of_segment
from clientage.errors import SettingsError

BLOCKS_PER_WRITE = 4  # 16,384 customers with half a million lines: row groups large enough for Parquet
TODAY = np.datetime64("2026-01-01", "s")  # the day after the last possible order
DAY = 86_400
ORDERS_PER_ID = 2 * (MOST_ORDERS + 1)  # order numbers reserved for each customer; the upper half is for guests
MOST_LINES = 6  # of an order
PRICES = np.rint(100 * np.geomspace(2.5, 400, 240)).astype(np.int64) - 1  # cents, one per product


CITIES = ("Aveiro", "Braga", "Coimbra", "Évora", "Faro", "Guarda", "Leiria", "Lisboa", "Porto", "Setúbal")
FIRST_NAMES = ("ana", "bruno", "carla", "diogo", "elsa", "filipe", "gil", "helena", "ines", "joao", "lara", "rui")


@dataclass(frozen=True, slots=True)
class Shop:
    """Where a simulated shop was written.

    Parameters
    ----------
    customers, truth : Path
        The customer table and the planted segment of each customer.
    transactions : Path or None
        The invoice lines; None when they were not asked for.
    n_customers : int
        Different customers; the customer table has about 1 % repeated rows beside them.
    """

    customers: Path
    transactions: Path | None
    truth: Path
    n_customers: int


def write_shop(
    folder: str | Path,
    customers: int = 1_000,
    seed: int = 0,
    *,
    format: Literal["csv", "parquet"] = "csv",
    transactions: bool = True,
) -> Shop:
    """Write a simulated shop into a folder.

    Parameters
    ----------
    folder : str or Path
        Made when it does not exist; files of the same names are replaced.
    customers : int, default 1000
        Number of different customers; about 30 invoice lines are written for each.
    seed : int, default 0
        Same seed, same files.
    format : {"csv", "parquet"}, default "csv"
        Of customers and transactions; `truth.csv` is always CSV.
    transactions : bool, default True
        False leaves the invoice lines unwritten; the customer table is the same.

    Returns
    -------
    Shop
        The paths.

    Raises
    ------
    SettingsError
        When `customers` is below 1, `seed` below 0 or `format` unknown.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     shop = write_shop(folder, 50)
    ...     print(shop.truth.read_text(encoding="utf-8").splitlines()[0])
    customer_id,segment
    """
    if customers < 1 or seed < 0:
        raise SettingsError("at least 1 customer and a seed of 0 or more", f"{customers} and {seed}", "Correct them.")
    if format not in ("csv", "parquet"):
        raise SettingsError("format 'csv' or 'parquet'", repr(format), "Choose one of them.")
    home = Path(folder)
    home.mkdir(parents=True, exist_ok=True)
    shop = Shop(
        home / f"customers.{format}",
        home / f"transactions.{format}" if transactions else None,
        home / "truth.csv",
        customers,
    )
    places = (shop.customers, shop.transactions, shop.truth)
    parts = [path and path.with_name(f".{os.getpid()}.{path.name}") for path in places]
    try:
        _write_parts(parts, customers, seed)
        for path, part in zip(places, parts, strict=True):
            if path is not None and part is not None:
                part.replace(path)
    finally:  # after Ctrl-C or a full disk no shop is there that ends in the middle
        for part in parts:
            if part is not None:
                part.unlink(missing_ok=True)
    return shop


def _write_parts(paths: Sequence[Path | None], customers: int, seed: int) -> None:
    with ExitStack() as open_files:
        writers: dict[Path, Any] = {}
        for tables in _written_together(customers, seed):
            for path, table in zip(paths, tables, strict=True):
                if path is None:
                    continue
                if path not in writers:
                    writers[path] = open_files.enter_context(_writer(path, table.schema))
                writers[path].write_table(table)


def _writer(path: Path, schema: Any) -> Any:
    if path.suffix == ".parquet":
        from pyarrow import parquet

        return parquet.ParquetWriter(path, schema)
    from pyarrow import csv

    # Nothing written here holds a comma or a quote, so ids stay as bare as people's exports have them.
    return csv.CSVWriter(path, schema, write_options=csv.WriteOptions(quoting_style="none", quoting_header="none"))


def _written_together(customers: int, seed: int) -> Iterator[tuple[Any, Any, Any]]:
    """Yield customer, line and truth tables of up to BLOCKS_PER_WRITE blocks."""
    step = BLOCK * BLOCKS_PER_WRITE
    for first in range(0, customers, step):
        last = min(customers, first + step)
        blocks = [_block(seed, start // BLOCK, min(BLOCK, last - start)) for start in range(first, last, BLOCK)]
        people, lines, truth = (pa.concat_tables(parts) for parts in zip(*blocks, strict=True))
        yield people, lines, truth


@dataclass(frozen=True, slots=True)
class _Lines:
    """Invoice lines; `customer` is the index inside the block, `order` counts inside a customer."""

    customer: np.ndarray
    order: np.ndarray
    seconds: np.ndarray  # before TODAY
    product: np.ndarray  # index into PRICES, -1 postage
    quantity: np.ndarray
    price: np.ndarray  # cents
    discount: np.ndarray  # percent
    guest: np.ndarray

    def amount(self) -> np.ndarray:
        """Cents paid, rounded once for each line."""
        cents: np.ndarray = np.rint(self.quantity * self.price * (100 - self.discount) / 100).astype(np.int64)
        return cents

    def take(self, rows: np.ndarray, **changed: np.ndarray) -> _Lines:
        """Return the lines of an index, with some columns replaced."""
        names = _Lines.__slots__
        return _Lines(**{name: changed.get(name, getattr(self, name)[rows]) for name in names})


def _block(seed: int, number: int, keep: int) -> tuple[Any, Any, Any]:
    """Make one whole block and return the first `keep` customers of it, so that shops nest."""
    rng = np.random.default_rng([seed, number])
    traits = draw_traits(rng)
    bought = _purchases(rng, traits)
    posted, sent_back = _postage(rng, bought), _returns(rng, traits, bought)
    people = _customer_table(rng, traits, (bought, posted, sent_back), number)
    repeated = np.flatnonzero(rng.random(BLOCK) < 0.01)
    rows = np.concatenate([np.arange(keep), repeated[repeated < keep]])
    everything = _with_dirt(rng, bought, posted, sent_back)
    everything = everything.take(np.flatnonzero(everything.customer < keep))
    everything = everything.take(np.argsort(-everything.seconds, kind="stable"))
    truth = pa.table({"customer_id": _ids(number, np.arange(keep)), "segment": _names(traits.segment[:keep])})
    return people.take(rows), _line_table(everything, number), truth


def _purchases(rng: np.random.Generator, traits: Traits) -> _Lines:
    """Spread each customer's orders over the active time, and fill them with products near the basket's value."""
    customer = np.repeat(np.arange(BLOCK), traits.orders)
    order = np.arange(len(customer)) - np.repeat(np.cumsum(traits.orders) - traits.orders, traits.orders)
    active = np.minimum(traits.tenure, HISTORY) - traits.recency
    # Order 0 is the last one, on the day the recency says; the others lie in equal stretches before it.
    back = np.where(order == 0, 0.0, (order + rng.random(len(order)) - 0.5) / traits.orders[customer])
    days = np.floor(traits.recency[customer] + back * active[customer])
    opening = rng.integers(4 * 3_600, 15 * 3_600, len(order))  # 09:00 to 20:00
    cheaper = rng.random(len(order)) < traits.discount[customer]
    lines = np.minimum(1 + rng.poisson(0.5, len(order)), MOST_LINES)

    row = np.repeat(np.arange(len(order)), lines)
    quantity = 1 + (rng.random(len(row)) < 0.25) + (rng.random(len(row)) < 0.08)
    worth = traits.basket[customer[row]] / lines[row] / quantity * rng.lognormal(0, 0.2, len(row))
    # An order names each product once, so that a repeated line is a mistake and nothing else:
    # six neighbours in price stand for each level, and the lines of an order take different ones.
    place = np.arange(len(row)) - np.repeat(np.cumsum(lines) - lines, lines)
    level = np.minimum(np.searchsorted(PRICES, 100 * worth), len(PRICES) - 1) // MOST_LINES
    product = level * MOST_LINES + (place + rng.integers(0, MOST_LINES, len(order))[row]) % MOST_LINES
    wholesale = rng.random(len(row)) < 0.0002
    return _Lines(
        customer[row],
        order[row],
        (days * DAY).astype(np.int64)[row] - DAY + opening[row],
        product,
        np.where(wholesale, 40 * quantity, quantity),
        PRICES[product],
        np.where(cheaper[row], 10 * rng.integers(1, 4, len(row)), 0),
        np.zeros(len(row), dtype=bool),
    )


def _returns(rng: np.random.Generator, traits: Traits, bought: _Lines) -> _Lines:
    """Send some lines back within a month, as lines of negative quantity."""
    back = np.flatnonzero(rng.random(len(bought.customer)) < traits.returned[bought.customer])
    later = np.maximum(bought.seconds[back] - DAY * rng.integers(2, 30, len(back)), 3_600)
    back, later = back[later < bought.seconds[back]], later[later < bought.seconds[back]]
    return bought.take(back, quantity=-bought.quantity[back], seconds=later)


def _postage(rng: np.random.Generator, bought: _Lines) -> _Lines:
    """Charge postage on some orders, as a line of its own."""
    some = np.flatnonzero(_begins_order(bought) & (rng.random(len(bought.customer)) < 0.05))
    nothing = np.zeros(len(some), dtype=np.int64)
    return bought.take(some, product=nothing - 1, quantity=nothing + 1, price=nothing + 495, discount=nothing)


def _begins_order(lines: _Lines) -> np.ndarray:
    """Boolean: the first line of each order, where the lines of an order follow each other."""
    begins: np.ndarray = np.diff(lines.customer * ORDERS_PER_ID + lines.order, prepend=-1) != 0
    return begins


def _with_dirt(rng: np.random.Generator, bought: _Lines, posted: _Lines, sent_back: _Lines) -> _Lines:
    """Add lines that are no purchase of a known customer, and repeat some that are."""
    n = len(bought.customer)

    def some(share: float) -> np.ndarray:
        return np.flatnonzero(rng.random(n) < share)

    guests, gifts, repeated = some(0.015), some(0.003), some(0.005)
    zero = np.zeros_like
    parts = [
        bought,
        posted,
        sent_back,
        bought.take(guests, guest=np.ones(len(guests), dtype=bool)),
        bought.take(gifts, price=zero(gifts), discount=zero(gifts), quantity=zero(gifts) + 1),
        bought.take(repeated),
    ]
    return _Lines(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in _Lines.__slots__})


def _customer_table(rng: np.random.Generator, traits: Traits, lines: tuple[_Lines, _Lines, _Lines], number: int) -> Any:
    """Count the behaviour of each customer from the lines, and add who they are."""
    people = np.arange(BLOCK)
    bought, _, sent_back = lines
    spend = np.zeros(BLOCK, dtype=np.int64)
    for part in lines:
        np.add.at(spend, part.customer, part.amount())
    first_line = np.flatnonzero(_begins_order(bought))
    owner = bought.customer[first_line]
    recent = np.bincount(owner[bought.seconds[first_line] <= 365 * DAY], minlength=BLOCK)
    cheaper = np.bincount(owner[bought.discount[first_line] > 0], minlength=BLOCK)
    visits = rng.poisson(2.0 * recent + 4.0)
    on_web = rng.binomial(visits, traits.web)
    income = of_segment("income", traits.segment) * rng.lognormal(0, 0.35, BLOCK)
    age = of_segment("age", traits.segment) + rng.normal(0, 11, BLOCK)
    lost = rng.random((3, BLOCK)) < np.array([[0.02], [0.05], [0.03]])
    return pa.table(
        {
            "customer_id": _ids(number, people),
            "email": _emails(rng, number),
            "age": pa.array(np.clip(np.rint(age), 18, 90).astype(np.int64), mask=lost[0]),
            "gender": pa.array(("female", "male")).take(pa.array(rng.integers(0, 2, BLOCK))),
            "city": _cities(rng),
            "signup_date": pa.array((TODAY - (traits.tenure * DAY).astype("m8[s]")).astype("M8[D]")),
            "annual_income": pa.array(
                np.where(rng.random(BLOCK) < 0.0005, 999_999, 100 * np.rint(income / 100)).astype(np.int64),
                mask=lost[1],
            ),
            "orders_last_year": recent,
            "total_spend": spend / 100,
            "average_basket": np.rint(spend / traits.orders) / 100,
            "discount_share": np.rint(1000 * cheaper / traits.orders) / 1000,
            "days_since_last_order": traits.recency.astype(np.int64),
            "store_visits": pa.array(visits - on_web, mask=lost[2]),
            "web_visits": on_web,
            "returns": np.bincount(sent_back.customer, minlength=BLOCK),
        }
    )


def _line_table(lines: _Lines, number: int) -> Any:
    import pyarrow.compute as pc

    order = (number * BLOCK + lines.customer + 1) * ORDERS_PER_ID + lines.order + lines.guest * (ORDERS_PER_ID // 2)
    cancelled = pa.array(np.where(lines.quantity < 0, "C", ""))
    products = pa.array([*(f"P{i:04d}" for i in range(1, len(PRICES) + 1)), "POST"])
    ids = _ids(number, lines.customer)
    return pa.table(
        {
            "order_id": pc.binary_join_element_wise(cancelled, pa.array(order).cast(pa.string()), ""),
            "order_date": pa.array(TODAY - lines.seconds.astype("m8[s]")),
            "customer_id": pc.if_else(pa.array(lines.guest), pa.scalar(None, pa.string()), ids),
            "product_id": products.take(pa.array(lines.product % len(products))),
            "quantity": lines.quantity,
            "unit_price": lines.price / 100,
            "discount": lines.discount / 100,
            "amount": lines.amount() / 100,
        }
    )


def _ids(number: int, people: np.ndarray) -> Any:
    """Eight digits with leading zeros: ids that a careless reader turns into numbers."""
    import pyarrow.compute as pc

    return pc.utf8_lpad(pa.array(number * BLOCK + people + 1).cast(pa.string()), 8, "0")


def _names(segment: np.ndarray) -> Any:
    return pa.array([p.name for p in PLANTED]).take(pa.array(segment))


def _cities(rng: np.random.Generator) -> Any:
    """Cities, three in a hundred of them written in another way."""
    spellings = [*CITIES, *(c.lower() for c in CITIES), *(c.upper() for c in CITIES), *(f"{c} " for c in CITIES)]
    written = np.where(rng.random(BLOCK) < 0.03, rng.integers(1, 4, BLOCK), 0)
    return pa.array(spellings).take(pa.array(len(CITIES) * written + rng.integers(0, len(CITIES), BLOCK)))


def _emails(rng: np.random.Generator, number: int) -> Any:
    import pyarrow.compute as pc

    names = pa.array(FIRST_NAMES).take(pa.array(rng.integers(0, len(FIRST_NAMES), BLOCK)))
    numbers = pa.array(number * BLOCK + np.arange(1, BLOCK + 1)).cast(pa.string())
    return pc.binary_join_element_wise(names, pa.array(["."] * BLOCK), numbers, pa.array(["@example.org"] * BLOCK), "")
