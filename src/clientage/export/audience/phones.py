"""Telephone numbers as E.164: a plus, the country's calling code, the number.

Receives a text and the country that numbers without a calling code belong to; returns the number, or why there is
none. Nothing is guessed: without a country, a national number is left out.

References
----------
ITU-T Recommendation E.164 (2010) and its list of assigned country codes; national trunk prefixes from E.129.
"""

from __future__ import annotations

import re

from clientage.errors import SettingsError, did_you_mean
from clientage.export.audience.addresses import Refused

NO_NUMBER = "no telephone number"
NOT_ONE = "not a telephone number"
NO_COUNTRY = "a telephone number without calling code; --country says where such numbers belong"

FEWEST, MOST = 8, 15  # digits, calling code included
SHORTEST_NATIONAL = 5

# country -> calling code, and the trunk prefix that is dialled inside it and dropped from outside
_WITH_TRUNK = """
AE 971 0|AL 355 0|AR 54 0|AT 43 0|AU 61 0|BA 387 0|BD 880 0|BE 32 0|BG 359 0|BO 591 0|BR 55 0|CA 1 1|CH 41 0|
CN 86 0|DE 49 0|DZ 213 0|EC 593 0|EG 20 0|FI 358 0|FR 33 0|GB 44 0|GE 995 0|GH 233 0|HR 385 0|HU 36 06|
ID 62 0|IE 353 0|IL 972 0|IN 91 0|JO 962 0|JP 81 0|KE 254 0|KR 82 0|KZ 7 8|LB 961 0|LK 94 0|LT 370 0|MA 212 0|
MD 373 0|ME 382 0|MK 389 0|MY 60 0|NG 234 0|NL 31 0|NP 977 0|NZ 64 0|PE 51 0|PH 63 0|PK 92 0|PY 595 0|RO 40 0|
RS 381 0|RU 7 8|SA 966 0|SE 46 0|SI 386 0|SK 421 0|TH 66 0|TR 90 0|TW 886 0|TZ 255 0|UA 380 0|UG 256 0|US 1 1|
UY 598 0|VE 58 0|VN 84 0|ZA 27 0
"""
# country -> calling code, and how many digits a number has at most inside it: there is no trunk prefix
_WITHOUT_TRUNK = """
BH 973 8|CL 56 9|CO 57 10|CR 506 8|CY 357 8|CZ 420 9|DK 45 8|EE 372 8|ES 34 9|GR 30 10|GT 502 8|HK 852 8|
IS 354 7|IT 39 11|KW 965 8|LI 423 9|LU 352 11|LV 371 8|MC 377 9|MT 356 8|MX 52 10|NO 47 8|OM 968 8|PA 507 8|
PL 48 9|PT 351 9|QA 974 8|SG 65 8|TN 216 8
"""


def _rows(text: str) -> dict[str, tuple[str, str]]:
    rows = (entry.split() for entry in text.replace("\n", "").strip("|").split("|"))
    return {country: (code, rest) for country, code, rest in rows}


TRUNK = _rows(_WITH_TRUNK)
NO_TRUNK = _rows(_WITHOUT_TRUNK)
COUNTRIES = tuple(sorted([*TRUNK, *NO_TRUNK]))

_WRITTEN = re.compile(r"[0-9 ()./\-\u2010-\u2015]+")


def check_country(country: str | None) -> str | None:
    """Return a country as two capital letters.

    Raises
    ------
    SettingsError
        When it is none that is known here.
    """
    if country is None:
        return None
    known = {"UK": "GB"}.get(country.strip().upper(), country.strip().upper())
    if known not in COUNTRIES:
        fix = f"For example: --country DE.{did_you_mean(known, COUNTRIES)}"
        raise SettingsError("--country to be a country of two letters (ISO 3166)", f"'{country}'", fix)
    return known


def number_of(text: str, country: str | None) -> str | Refused:
    """Return a telephone number as E.164, or why there is none.

    Parameters
    ----------
    text : str
        One cell.
    country : str or None
        ISO 3166 code of numbers without calling code.

    Examples
    --------
    >>> number_of("(800) 555-0100", "US"), number_of("+44 (0)20 7183 8750", None), number_of("0170 1234567", None)[:24]
    ('+18005550100', '+442071838750', 'a telephone number witho')
    """
    plain = re.sub(r"^\s*tel:", "", text, flags=re.IGNORECASE).replace("\u00a0", " ").strip()
    if not plain:
        return Refused(NO_NUMBER)
    international = plain.startswith(("+", "00"))
    plain = plain.replace("(0)", "") if international else plain
    rest = plain.removeprefix("+").removeprefix("00") if international else plain
    if not _WRITTEN.fullmatch(rest):
        return Refused(NOT_ONE)
    digits = re.sub(r"[^0-9]", "", rest)
    if not international:
        if country is None:
            return Refused(NO_COUNTRY)
        digits = _with_code(digits, country)
    usable = FEWEST <= len(digits) <= MOST and digits[0] != "0" and len(set(digits[-7:])) > 1
    return f"+{digits}" if usable else Refused(NOT_ONE)


def _with_code(digits: str, country: str) -> str:
    """Return a number of a country with its calling code; "" where it is too short to be one."""
    if country in TRUNK:
        code, trunk = TRUNK[country]
        if country in {"US", "CA"}:
            return digits if len(digits) == 11 and digits[0] == "1" else code + digits if len(digits) == 10 else ""
        if digits.startswith(trunk) and len(digits) > len(trunk) + SHORTEST_NATIONAL:
            return code + digits.removeprefix(trunk)
        whole = digits.startswith(code) and len(digits) >= len(code) + 8  # the plus got lost
    else:
        code, most = NO_TRUNK[country]
        whole = digits.startswith(code) and len(digits) > int(most)
    if whole:
        return digits
    return code + digits if len(digits) >= SHORTEST_NATIONAL else ""
