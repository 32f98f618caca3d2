"""Who of a run's customers can be addressed, who is kept aside as control, and why the others are left out.

Receives a run's customers and a file's contacts; returns one fate for each customer. Every customer has exactly one,
so that the counts add up to all.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from clientage.export.audience.addresses import Refused, address_of, as_google
from clientage.export.audience.contacts import Contacts
from clientage.export.audience.phones import number_of

ADDRESSED, CONTROL = "addressed", "control group"
NO_SEGMENT = "without a segment"
NOT_IN_FILE = "not in the contacts file"
NO_CONSENT = "no explicit yes to being addressed"
NO_CONTACT = "no usable e-mail address or telephone number"
SHARED_CONTACT = "shares an address or number with the control group"


@dataclass(frozen=True, slots=True)
class Reach:
    """How one customer is reached: valid addresses and E.164 numbers, each once, in the order of the file."""

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Everything the customer can be recognised by; two ways to write one Gmail address are one."""
        return frozenset([*map(as_google, self.emails), *self.phones])


@dataclass(frozen=True, slots=True)
class People:
    """The customers of a run as an audience sees them.

    Parameters
    ----------
    ids : ndarray of shape (n,)
        Customer ids as text.
    segments : ndarray of shape (n,)
        Segment ids, 0: none.
    fates : ndarray of shape (n,)
        Object: `ADDRESSED`, `CONTROL`, or why the customer is left out.
    reach : sequence of Reach
        One for each customer; empty where there are no contacts.
    refused : mapping of str to int
        Why cells of customers who agreed were no address or number, and how many.
    """

    ids: np.ndarray
    segments: np.ndarray
    fates: np.ndarray
    reach: Sequence[Reach]
    refused: Mapping[str, int] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return how many customers have each fate, the addressed first; they add up to all."""
        found = Counter(self.fates.tolist())
        return {ADDRESSED: found.pop(ADDRESSED, 0), CONTROL: found.pop(CONTROL, 0), **dict(sorted(found.items()))}


def in_control(customer_id: str, share: float, seed: int) -> bool:
    """Return whether a customer belongs to the control group: a matter of the id and the seed alone.

    The same customer is in it or not in every run, file and segment, whatever the order of rows.

    Examples
    --------
    >>> [in_control(f"C{i}", 0.5, 0) for i in range(4)]
    [True, False, True, False]
    """
    digest = hashlib.sha256(f"{seed}:{customer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2.0**64


def people_of(ids: np.ndarray, segments: np.ndarray, share: float, seed: int) -> People:
    """Return customers who are addressed by their ids alone.

    Parameters
    ----------
    ids, segments : ndarray of shape (n,)
        Of the run.
    share : float
        Of the control group, 0 to 1.
    seed : int
        Another seed, another control group.
    """
    fates = [_fate_with(str(i), share, seed) if s else NO_SEGMENT for i, s in zip(ids, segments.tolist(), strict=True)]
    return People(ids, segments, np.array(fates, dtype=object), [Reach()] * len(ids))


def people_with_contacts(
    ids: np.ndarray, segments: np.ndarray, contacts: Contacts, country: str | None, control: tuple[float, int]
) -> People:
    """Return customers who are addressed by what a file says of them.

    Parameters
    ----------
    ids, segments : ndarray of shape (n,)
        Of the run.
    contacts : Contacts
        Rows of the file; several rows of one customer count together, and each has to say yes.
    country : str or None
        Of telephone numbers without calling code.
    control : tuple of float and int
        Share and seed.
    """
    rows: dict[str, list[int]] = {}
    for row, key in enumerate(contacts.ids.tolist()):
        rows.setdefault(key, []).append(row)
    refused: Counter[str] = Counter()
    reach, fates = [], []
    for key, segment in zip(ids.tolist(), segments.tolist(), strict=True):
        own = rows.get(key, []) if key else []
        one, fate = Reach(), NO_SEGMENT
        if segment:
            fate = NOT_IN_FILE if not own else NO_CONSENT
        if segment and own and contacts.consent[own].all():
            one = _reach(contacts, own, country, refused)
            fate = _fate_with(key, *control) if one.keys else NO_CONTACT
        reach.append(one)
        fates.append(fate)
    return People(ids, segments, np.array(_apart(fates, reach), dtype=object), reach, dict(sorted(refused.items())))


def _fate_with(key: str, share: float, seed: int) -> str:
    return CONTROL if in_control(key, share, seed) else ADDRESSED


def _reach(contacts: Contacts, rows: Sequence[int], country: str | None, refused: Counter[str]) -> Reach:
    """Collect what customers are reached by; a cell that is none is counted with its reason."""
    emails: dict[str, None] = {}
    phones: dict[str, None] = {}
    for row in rows:
        tried = []
        if contacts.columns["email"] is not None:
            tried.append((emails, address_of(contacts.emails[row])))
        if contacts.columns["phone"] is not None:
            tried.append((phones, number_of(contacts.phones[row], country)))
        for kept, found in tried:
            if isinstance(found, Refused):
                refused[str(found)] += 1
            else:
                kept[found] = None
    return Reach(tuple(emails), tuple(phones))


def _apart(fates: list[str], reach: Sequence[Reach]) -> list[str]:
    """Leave out who shares a contact with the control group: through them the control group would be addressed."""
    aside = {key for fate, one in zip(fates, reach, strict=True) if fate == CONTROL for key in one.keys}
    return [
        SHARED_CONTACT if fate == ADDRESSED and one.keys & aside else fate
        for fate, one in zip(fates, reach, strict=True)
    ]
