"""What each platform wants in a file: its headers, its way of writing an address before it is hashed, its least size.

To add one: one `Platform` in `PLATFORMS`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clientage.errors import SettingsError, did_you_mean, listed
from clientage.export.audience.addresses import as_google, as_it_is


@dataclass(frozen=True, slots=True)
class Platform:
    """One kind of list.

    Parameters
    ----------
    name, title : str
        What a person asks for, and the platform's own name.
    email, phone : str
        Headers of the file.
    address, number : callable
        From a valid address and an E.164 number to the text that is hashed.
    least : int
        Customers below which the platform takes or serves no list.
    source : str
        Where its rules stand.
    """

    name: str
    title: str
    email: str
    phone: str
    address: Callable[[str], str]
    number: Callable[[str], str]
    least: int
    source: str


def hashed(text: str) -> str:
    """Return the SHA-256 of a text, hexadecimal in lower case.

    Examples
    --------
    >>> hashed("test@example.com")[:16]
    '973dfe463ec85785'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def with_plus(number: str) -> str:
    """Return an E.164 number as Google and TikTok hash it: with its plus."""
    return number


def digits_alone(number: str) -> str:
    """Return an E.164 number as Meta hashes it: without its plus."""
    return number.removeprefix("+")


_ALL = (
    Platform(
        "google",
        "Google Customer Match",
        "Email",
        "Phone",
        as_google,
        with_plus,
        100,
        "https://support.google.com/google-ads/answer/7476159 and "
        "https://developers.google.com/data-manager/api/devguides/concepts/formatting",
    ),
    Platform(
        "meta",
        "Meta custom audience",
        "email",
        "phone",
        as_it_is,
        digits_alone,
        100,
        "https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/customer-information-parameters",
    ),
    Platform(
        "tiktok",
        "TikTok customer file",
        "Email_SHA256",
        "Phone_SHA256",
        as_it_is,
        with_plus,
        1_000,
        "https://ads.tiktok.com/help/article/how-to-create-a-custom-audience-with-a-customer-file",
    ),
)
PLATFORMS: Mapping[str, Platform] = {p.name: p for p in _ALL}
CRM = "crm"  # plain ids, for a system that knows the people already


def chosen_platforms(text: str) -> tuple[str, ...]:
    """Return the names in a comma-separated list, each once.

    Raises
    ------
    SettingsError
        For a name that is none.

    Examples
    --------
    >>> chosen_platforms("meta, crm")
    ('meta', 'crm')
    """
    known = [*PLATFORMS, CRM]
    names = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    for name in names or ("",):
        if name not in known:
            fix = f"Separate several with commas.{did_you_mean(name, known)}"
            raise SettingsError(f"--platform out of {listed(known)}", f"'{name}'", fix)
    return names
