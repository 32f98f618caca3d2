"""Audiences: hashed as each platform documents it, with consent, apart from control; every customer accounted for."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clientage.errors import ClientageError, ColumnError, DataError, ModelError, SettingsError
from clientage.export.audience.addresses import address_of, as_google
from clientage.export.audience.people import in_control
from clientage.export.audience.phones import COUNTRIES, number_of
from clientage.export.audience.platforms import PLATFORMS, hashed
from clientage.export.catalogue import export_run
from clientage.publish import publish
from clientage.runs.run import Run
from made_studies import shop, study

FEATURES = ["income", "store_visits", "total_spend"]
N = 600


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    columns = {k: v for k, v in shop(N).items() if k in {"customer_id", *FEATURES}}
    columns["customer_id"] = [f"{i:04d}" for i in range(N)]
    record = study(columns, cluster={"k": 3, "algorithm": "kmeans", "bootstraps": 5})
    return publish(record, tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def assigned(run: Run) -> dict[str, int]:
    with (run.path / "assignments.csv").open(newline="") as file:
        return {row["id"]: int(row["segment_id"]) for row in csv.DictReader(file)}


def contacts(**changed: Any) -> dict[str, Any]:
    """Return a contact file in which everybody agreed and can be reached."""
    made: dict[str, Any] = {
        "customer_id": [f"{i:04d}" for i in range(N)],
        "E-Mail": [f"person{i}@example.org" for i in range(N)],
        "Mobile phone": [f"+49 170 {1_000_000 + i}" for i in range(N)],
        "marketing_consent": ["yes"] * N,
    }
    return made | changed


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def told(folder: Path) -> dict[str, Any]:
    account: dict[str, Any] = json.loads((folder / "audience.json").read_text(encoding="utf-8"))
    assert sum(account["customers"].values()) == N, "every customer has exactly one fate"
    return account


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# What the platforms' own documentation gives as examples, see the sources in platforms.py.
DOCUMENTED = [
    ("google", "cloudySanFrancisco@GMAIL.com", "223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4"),
    (
        "google",
        "cloudy.sanfrancisco+shopping@gmail.com",
        "223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4",
    ),
    ("google", "dana@example.com", "07e2f1394b0ea80e2adca010ea8318df697001a005ba7452720edda4b0ce57b3"),
    ("google", " DanaM@Example.com ", "1df6b43bc68dd38eca94e6a65b4f466ae537b796c81a526918b40ac4a7b906c7"),
    ("meta", "John_Smith@gmail.com", "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"),
    ("tiktok", "janedoe@gmail.com", "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"),
]


@pytest.mark.parametrize(("platform", "written", "expected"), DOCUMENTED)
def test_addresses_hash_as_documented(platform: str, written: str, expected: str) -> None:
    assert hashed(PLATFORMS[platform].address(address_of(written))) == expected


@pytest.mark.parametrize(
    ("platform", "written", "expected"),
    [
        ("google", "(800) 555-0100", "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30"),
        ("meta", "(650) 555-1212", "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"),
        ("meta", "1 (650) 555-1212", "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"),
        ("tiktok", "+1 657 777 0000", sha("+16577770000")),
    ],
)
def test_numbers_hash_as_documented(platform: str, written: str, expected: str) -> None:
    assert hashed(PLATFORMS[platform].number(number_of(written, "US"))) == expected


def test_points_and_plus_count_outside_gmail() -> None:
    assert as_google("user.name+nyc@example.com") == "user.name+nyc@example.com"
    assert as_google("a.b+c@googlemail.com") == "ab@googlemail.com"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "nobody",
            "a@b",
            "@example.org",
            "a@@b.de",
            "a b@example.org",
            "a\nb@example.org",
            "a@b.de\r\nBcc: x",
        ),
        *(
            "аnn@example.org",
            "ann@еxample.org",
            "ａ@b.de",
            "=1+1",
            "=cmd|' /C calc'!A0",
            "+1@-1",
            "a..b@c.de",
            ".a@b.de",
        ),
        *("a@b.de,c@d.de", "a@-b.de", "a@b..de", "x" * 65 + "@b.de", "a@" + "b" * 250 + ".de", "a@b.1", "<a@b.de>"),
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    found = address_of(text)
    assert "@" not in found, found


def test_the_reason_is_the_one_to_act_on() -> None:
    assert "outside ASCII" in address_of("аnn@example.org"), "a Cyrillic a"
    assert "line break" in address_of("a\nb@example.org")
    assert address_of("  ") == "no e-mail address"
    assert address_of("nobody") == "not an e-mail address"


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        *((t, None, "+442071838750") for t in ("+44 (0)20 7183-8750", "0044 20 71838750", "tel:+44.20.7183.8750")),
        *(("0170/1234567", "DE", "+491701234567"), ("1701234567", "DE", "+491701234567")),
        *(("491701234567", "DE", "+491701234567"), ("06 1234567", "IT", "+39061234567")),
        *(("3931234567", "IT", "+393931234567"), ("612345678", "ES", "+34612345678")),
        *(("34612345678", "ES", "+34612345678"), ("06 30 123 4567", "HU", "+36301234567")),
        *(("8 912 345-67-89", "RU", "+79123456789"), ("650.555.1212", "US", "+16505551212")),
    ],
)
def test_numbers_become_e164(text: str, country: str | None, expected: str) -> None:
    assert number_of(text, country) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "call me", "+49", "0000000", "+4900000000000", "1234567 ext 9", "+1 650 555 1212 x12", "=1+1"),
        *("٠١٧٠١٢٣٤٥٦٧", "170-123\n4567", "+1234567890123456", "12", "0170 1234567\t+49", "-1701234567x"),
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    found = number_of(text, "DE")
    assert not found.startswith("+"), found


def test_a_national_number_without_a_country_is_left_out() -> None:
    assert "--country" in number_of("0170 1234567", None)
    assert len(set(COUNTRIES)) == len(COUNTRIES) > 90


def test_every_list_holds_its_segment_and_nobody_else(run: Run, assigned: dict[str, int], tmp_path: Path) -> None:
    export_run(run, "audience", tmp_path, contacts=contacts(), least=1)
    account = told(tmp_path)
    control = {row["customer_id"] for row in rows(tmp_path / "control.csv")}
    assert control == {i for i in assigned if in_control(i, 0.1, 0)}
    for one in account["written"]:
        expected = {i for i, s in assigned.items() if s == one["segment_id"]} - control
        got = rows(tmp_path / one["file"])
        assert one["customers"] == len(expected)
        if one["platform"] == "crm":
            assert {row["customer_id"] for row in got} == expected, "leading zeros included"
            continue
        platform = PLATFORMS[one["platform"]]
        pairs = {(row[platform.email], row[platform.phone]) for row in got}
        assert pairs == {
            (sha(f"person{int(i)}@example.org"), sha(platform.number(f"+49170{1_000_000 + int(i)}"))) for i in expected
        }
        assert [row[platform.email] for row in got] == sorted(row[platform.email] for row in got)
    assert len(account["written"]) == 4 * 3


def test_headers_are_the_platforms_own(run: Run, tmp_path: Path) -> None:
    export_run(run, "audience", tmp_path, contacts=contacts(), least=1)
    heads = {p.name.partition("-")[0]: p.read_text().partition("\n")[0] for p in tmp_path.glob("*-1-*.csv")}
    assert heads == {
        "google": "Email,Phone",
        "meta": "email,phone",
        "tiktok": "Email_SHA256,Phone_SHA256",
        "crm": "customer_id,segment_id,segment_name",
    }


def test_only_an_explicit_yes_counts(run: Run, assigned: dict[str, int], tmp_path: Path) -> None:
    said = ["yes", "YES ", "Ja", "no", "", "maybe", "yes?", "not yet", "0", "opt-in"]
    agreed = {0, 1, 2, 9}
    export_run(
        run,
        "audience",
        tmp_path,
        contacts=contacts(marketing_consent=[said[i % 10] for i in range(N)]),
        platform="crm",
        control=0,
    )
    got = {row["customer_id"] for path in tmp_path.glob("crm-*.csv") for row in rows(path)}
    assert got == {i for i in assigned if int(i) % 10 in agreed}
    assert told(tmp_path)["customers"]["no explicit yes to being addressed"] == N - len(got)


@pytest.mark.parametrize("values", [[1] * 300 + [0] * 300, [True] * 300 + [False] * 300, ["1"] * 300 + [None] * 300])
def test_yes_and_no_in_figures(run: Run, values: list[Any], tmp_path: Path) -> None:
    export_run(run, "audience", tmp_path, contacts=contacts(marketing_consent=values), least=1)
    assert told(tmp_path)["customers"]["no explicit yes to being addressed"] == 300


def test_one_no_in_several_rows_is_a_no(run: Run, tmp_path: Path) -> None:
    made = contacts()
    twice = {name: [*values, values[5], values[6]] for name, values in made.items()}
    twice["marketing_consent"][-2] = "no"
    twice["E-Mail"][-1] = "second@example.org"
    export_run(run, "audience", tmp_path, contacts=twice, least=1, control=0)
    hashes = {row["email"] for path in tmp_path.glob("meta-*.csv") for row in rows(path)}
    assert sha("person5@example.org") not in hashes
    assert {sha("person6@example.org"), sha("second@example.org")} <= hashes


def test_nothing_says_who_agreed(run: Run, tmp_path: Path) -> None:
    made = contacts()
    del made["marketing_consent"]
    with pytest.raises(ColumnError, match="--consent assumed"):
        export_run(run, "audience", tmp_path / "no", contacts=made)
    assert not (tmp_path / "no").exists()
    export_run(run, "audience", tmp_path / "yes", contacts=made, consent="assumed", least=1)
    assert told(tmp_path / "yes")["consent"] == "assumed for everybody in the file"
    with pytest.raises(ColumnError, match="numbers other than 0 and 1"):
        export_run(run, "audience", tmp_path, contacts=contacts(marketing_consent=list(range(N))))


def test_control_depends_on_id_and_seed_alone(run: Run, tmp_path: Path) -> None:
    backwards = {name: values[::-1] for name, values in contacts().items()}
    for name, made, seed in (("a", contacts(), 0), ("b", backwards, 0), ("c", contacts(), 7)):
        export_run(run, "audience", tmp_path / name, contacts=made, least=1, seed=seed, control=0.3)
    a, b, c = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in "abc")
    assert a == b, "the order of rows is no matter"
    assert a["control.csv"] != c["control.csv"]
    share = len(rows(tmp_path / "a" / "control.csv")) / N
    assert abs(share - 0.3) < 4 * np.sqrt(0.3 * 0.7 / N)


def test_nobody_in_control_is_addressed_through_another(run: Run, assigned: dict[str, int], tmp_path: Path) -> None:
    made = contacts()
    kept = next(i for i in assigned if in_control(i, 0.1, 0))
    other = next(i for i in assigned if not in_control(i, 0.1, 0))
    made["E-Mail"][int(kept)], made["E-Mail"][int(other)] = "ann.lee@gmail.com", "AnnLee+shop@gmail.com"
    export_run(run, "audience", tmp_path, contacts=made, least=1)
    hashes = {row["Email"] for path in tmp_path.glob("google-*.csv") for row in rows(path)}
    assert sha("annlee@gmail.com") not in hashes
    assert told(tmp_path)["customers"]["shares an address or number with the control group"] == 1


def test_small_lists_are_not_written_and_said(run: Run, tmp_path: Path) -> None:
    written = export_run(run, "audience", tmp_path, contacts=contacts())
    names = {p.name.partition("-")[0] for p in written}
    assert names == {"google", "meta", "crm", "control.csv", "audience.json"}, "TikTok takes 1,000 and more"
    missing = told(tmp_path)["not_written"]
    assert {one["platform"] for one in missing} == {"tiktok"}
    assert all("fewer than 1,000" in one["reason"] for one in missing)
    with pytest.raises(DataError, match="in the largest"):
        export_run(run, "audience", tmp_path / "none", contacts=contacts(), least=599)
    assert not (tmp_path / "none").exists()


def test_a_later_export_leaves_no_list_of_an_earlier_one(run: Run, tmp_path: Path) -> None:
    export_run(run, "audience", tmp_path, contacts=contacts(), least=1)
    (tmp_path / "notes.csv").write_text("mine")
    export_run(run, "audience", tmp_path, platform="crm")
    left = {p.name.partition("-")[0] for p in tmp_path.iterdir()}
    assert left == {"crm", "control.csv", "audience.json", "notes.csv"}


PAYLOADS = ["=1+1", "+SUM(1)", "-2+3", "@cmd", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "＝1+1", '"=1"']


def test_payloads_stay_words(tmp_path: Path) -> None:
    """Ids, names and addresses that a spreadsheet would run: no cell of any file is a live formula."""
    columns = {k: shop(300)[k] for k in FEATURES}
    columns["who"] = [f"{PAYLOADS[i % len(PAYLOADS)]}{i}" for i in range(300)]
    record = study(columns, roles={"id": "who"}, cluster={"k": 2, "algorithm": "kmeans", "bootstraps": 5})
    run = publish(record, tmp_path / "runs")
    (run.path / "names.toml").write_text('1 = "=HYPERLINK(1)"\n2 = "@x"\n', encoding="utf-8")
    made = {
        "who": columns["who"],
        "email": [f"{PAYLOADS[i % len(PAYLOADS)]}{i}@example.org" for i in range(300)],
        "phone": [f"+49170{1_000_000 + i}" for i in range(300)],
        "consent": ["yes"] * 300,
    }
    written = export_run(run, "audience", tmp_path / "out", contacts=made, least=1)
    texts = [p.read_text(encoding="utf-8") for p in written if p.suffix == ".csv"]
    cells = [cell for text in texts for row in csv.reader(text.splitlines(keepends=True)) for cell in row]
    assert len(cells) > 600
    assert not [c for c in cells if c.lstrip(" \x00").startswith(("=", "+", "-", "@", "\t", "\r", "＝"))]
    assert all(p.parent == tmp_path / "out" for p in written)


def test_no_address_is_in_any_file(run: Run, tmp_path: Path) -> None:
    written = export_run(run, "audience", tmp_path, contacts=contacts(), least=1)
    everything = b"".join(p.read_bytes() for p in written).lower()
    assert b"example.org" not in everything
    assert b"170100" not in everything


def test_columns_are_found_by_what_they_hold_or_named(run: Run, tmp_path: Path) -> None:
    made = contacts()
    renamed = {"customer_id": made["customer_id"], "x": made["E-Mail"], "ok": made["marketing_consent"]}
    export_run(run, "audience", tmp_path, contacts=renamed, consent="ok", least=1)
    assert told(tmp_path)["contacts"] == {"id": "customer_id", "email": "x", "phone": None, "consent": "ok"}
    assert (next(tmp_path.glob("meta-1-*"))).read_text().splitlines()[0] == "email"
    two = made | {"second e-mail": made["E-Mail"]}
    with pytest.raises(ColumnError, match="--email"):
        export_run(run, "audience", tmp_path, contacts=two)
    export_run(run, "audience", tmp_path, contacts=two, email="second e-mail", least=1)


REFUSED: list[tuple[dict[str, Any], type[ClientageError], str]] = [
    ({"platform": "facebook"}, SettingsError, "'meta'"),
    ({"platform": "google"}, SettingsError, "--contacts"),
    ({"contacts": contacts(), "country": "XX"}, SettingsError, "two letters"),
    ({"contacts": contacts(), "control": 1.5}, SettingsError, "--control"),
    ({"contacts": contacts(), "control": "many"}, SettingsError, "--control"),
    ({"contacts": contacts(), "least": 0}, SettingsError, "--least"),
    ({"contacts": contacts(), "id": "nobody"}, ColumnError, "nobody"),
    ({"contacts": {"other": ["a"], "email": ["a@b.de"]}}, ColumnError, "customer_id"),
    ({"contacts": {k: contacts()[k] for k in ("customer_id", "marketing_consent")}}, ColumnError, "--email or --phone"),
    ({"contacts": contacts(customer_id=[f"x{i}" for i in range(N)])}, DataError, "not in the contacts file"),
    ({"dialect": "duckdb"}, SettingsError, "audience"),
]


@pytest.mark.parametrize(("options", "kind", "words"), REFUSED, ids=lambda v: str(v)[:30] if isinstance(v, str) else "")
def test_refusals(run: Run, options: dict[str, Any], kind: type[ClientageError], words: str, tmp_path: Path) -> None:
    with pytest.raises(kind, match=words) as refusal:
        export_run(run, "audience", tmp_path / "out", **options)
    assert "person" not in str(refusal.value), "no address in a message"
    assert not (tmp_path / "out").exists()


def test_a_run_without_ids_has_no_audience(tmp_path: Path) -> None:
    columns = {k: shop(100)[k] for k in FEATURES}
    run = publish(study(columns, cluster={"k": 2, "algorithm": "kmeans", "bootstraps": 5}), tmp_path)
    with pytest.raises(ModelError, match="--id"):
        export_run(run, "audience", tmp_path / "out", platform="crm")
