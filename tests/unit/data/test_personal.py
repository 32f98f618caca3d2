"""Personal data is recognised by header and by value, and ordinary columns are not."""

from __future__ import annotations

import pytest

from clientage.data.headers import header_words
from clientage.data.personal import personal_data
from made_tables import column


def kind_of(name: str, values: list) -> str | None:
    made = column(name, values)
    return personal_data(made, header_words(name), made.n_distinct)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("Vorname", [f"N{i}" for i in range(30)], "names of people"),
        ("customer name", [f"N{i}" for i in range(30)], "names of people"),
        ("e-mail", [f"N{i}" for i in range(30)], "e-mail addresses"),
        ("Telefon", [f"N{i}" for i in range(30)], "telephone numbers"),
        ("phone", [4_912_345_000 + i for i in range(30)], "telephone numbers"),
        ("Straße", [f"N{i}" for i in range(30)], "addresses"),
        ("x", [f"p{i}@example.org" for i in range(30)], "e-mail addresses"),
        ("x", [f"+49 30 1234{i:03d}" for i in range(30)], "telephone numbers"),
        ("x", [f"(555) 010-{i:04d}" for i in range(30)], "telephone numbers"),
        ("x", [f"{i} Long Street" for i in range(30)], "addresses"),
        ("x", [f"Lange Straße {i}" for i in range(30)], "addresses"),
        ("x", [f"Mrs. A{i}" for i in range(30)], "names of people"),
        ("x", [f"123-45-6{i:03d}" for i in range(30)], "personal numbers"),
    ],
)
def test_personal(name: str, values: list, expected: str) -> None:
    assert kind_of(name, values) == expected


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("PhoneService", [True, False] * 15),
        ("phone", ["iPhone", "other"] * 15),
        ("phone calls", [float(i) for i in range(30)]),
        ("product name", ["tea", "milk"] * 15),
        ("date", [f"2012-09-{i:02d}" for i in range(1, 30)]),
        ("date", [f"{i:02d}/09/2012" for i in range(1, 30)]),
        ("income", ["$30,001 to $60,000", "$60,001 to $90,000"] * 15),
        ("code", [f"85{i:03d}A" for i in range(30)]),
        ("empty", [None] * 30),
    ],
)
def test_not_personal(name: str, values: list) -> None:
    assert kind_of(name, values) is None
