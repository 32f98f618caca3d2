"""study.toml: every setting of a run, resolved, so that `clientage run FILE --study study.toml` repeats it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clientage.data.roles import RoleName

if TYPE_CHECKING:
    from clientage.study import StudyRecord


# roles that one column has, and roles that many have with the setting that lists them
SINGLE_ROLES: tuple[RoleName, ...] = (
    "id",
    "customer",
    "date",
    "order",
    "quantity",
    "price",
    "amount",
    "product",
    "discount",
)
LIST_ROLES: dict[RoleName, str] = {
    "profile": "profile",
    "outcome": "outcome",
    "ignored": "ignore",
}


def resolved_settings(record: StudyRecord) -> dict[str, dict[str, Any]]:
    """Return the settings tree with what the study found out filled in: roles, algorithm, k.

    A run made from this tree makes the same segments even where a later version would guess differently.
    """
    tree = record.settings.as_dict()
    roles = record.prepared.roles[0]
    found: dict[str, Any] = {"kind": roles.kind}
    for name in SINGLE_ROLES:
        column = roles.only(name)
        if column is not None:
            found[name] = column
    for role, key in LIST_ROLES.items():
        found[key] = list(roles.names(role))
    found["features"] = [column.name for column in record.customers.features]  # those made of lines as well
    tree["roles"] = {**tree["roles"], **found}
    if record.customers.quality.counts.get("lines_in_future"):  # told by the clock, which will have moved on
        tree["transactions"]["as_of"] = record.customers.as_of
    return tree


def toml_of(tree: Mapping[str, Mapping[str, Any]], comment: str) -> str:
    """Return a settings tree as TOML.

    Parameters
    ----------
    tree : mapping of section to mapping
        Values are text, numbers, booleans, lists of text, or tables of numbers.
    comment : str
        First line, without the ``#``.

    Examples
    --------
    >>> print(toml_of({"cluster": {"k": 4, "algorithm": "kmeans"}}, "An example."), end="")
    # An example.
    <BLANKLINE>
    [cluster]
    k = 4
    algorithm = "kmeans"
    """
    lines = [f"# {comment}"]
    for section, values in tree.items():
        lines += ["", f"[{section}]"]
        lines += [f"{key} = {_value(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(value: str) -> str:
    # a TOML basic string is a JSON string, but for DEL, which TOML wants escaped
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
