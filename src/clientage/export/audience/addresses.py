"""E-mail addresses: which texts are one, and what each platform makes of it before it is hashed.

Receives a text; returns the address in lower case, or why it is none.
"""

from __future__ import annotations

import re

NO_ADDRESS = "no e-mail address"
NOT_ONE = "not an e-mail address"
BROKEN = "an e-mail address with a line break or a blank in it"
FOREIGN = "an e-mail address with letters outside ASCII, which may only look like it"

_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})")
LONGEST, LONGEST_LOCAL = 254, 64  # RFC 5321
GMAIL = ("gmail.com", "googlemail.com")


class Refused(str):
    """Why a text is no address or number that can be matched."""

    __slots__ = ()


def address_of(text: str) -> str | Refused:
    """Return an e-mail address trimmed and in lower case, or why the text is none.

    Parameters
    ----------
    text : str
        One cell.

    Examples
    --------
    >>> address_of(" Ann@Example.ORG "), address_of("ann@example")
    ('ann@example.org', 'not an e-mail address')
    """
    plain = text.strip().lower()
    if not plain:
        return Refused(NO_ADDRESS)
    if not plain.isascii():
        return Refused(FOREIGN)
    if re.search(r"[\s\x00-\x1f\x7f]", plain):
        return Refused(BROKEN)
    local = plain.rpartition("@")[0]
    if len(plain) > LONGEST or len(local) > LONGEST_LOCAL or not _ADDRESS.fullmatch(plain):
        return Refused(NOT_ONE)
    return plain


def as_google(address: str) -> str:
    """Return an address as Google hashes it: at Gmail, points and what follows a plus make no other mailbox.

    References
    ----------
    Google, Data Manager API, Format user data: https://developers.google.com/data-manager/api/devguides/concepts/formatting

    Examples
    --------
    >>> as_google("cloudy.sanfrancisco+shopping@gmail.com"), as_google("user.name+nyc@example.com")
    ('cloudysanfrancisco@gmail.com', 'user.name+nyc@example.com')
    """
    local, _, domain = address.rpartition("@")
    if domain not in GMAIL:
        return address
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def as_it_is(address: str) -> str:
    """Return an address as Meta and TikTok hash it: trimmed and in lower case."""
    return address
