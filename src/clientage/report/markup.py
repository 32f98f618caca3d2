"""HTML elements, composed so that text is always escaped.

Receives text and `Markup`; returns `Markup`. Nothing else in this room builds HTML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

VOID = frozenset({"meta", "link", "br", "hr", "img"})
_SPECIAL = re.compile("[&<>'\"]")  # what an escape changes


def tag(name: str, /, *children: Any, **attributes: str | int | bool | None) -> Markup:
    """Return an element; children that are not markup are escaped, as are the values of attributes.

    Parameters
    ----------
    name : str
        Element name, a literal of this program.
    *children : str or Markup
        None is left out.
    **attributes
        ``class_`` and ``for_`` lose the underscore, others turn into dashes; None and False are left
        out, True is an attribute without a value.

    Examples
    --------
    >>> str(tag("p", "1 < 2", tag("b", "so"), class_="note", data_id=3))
    '<p class="note" data-id="3">1 &lt; 2<b>so</b></p>'
    """
    written = "".join([_attribute(key, value) for key, value in attributes.items()]) if attributes else ""
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{_together(children)}</{name}>")


def joined(children: Iterable[Any]) -> Markup:
    """Return the children one after the other, escaped unless they are markup already."""
    return Markup(_together(children))


def _together(children: Iterable[Any]) -> str:
    return "".join([c if isinstance(c, Markup) else _escaped(c) for c in children if c is not None])


def _escaped(text: Any) -> str:
    """Text without one of the five characters is escaped already, which is quicker to see than to do."""
    return text if type(text) is str and _SPECIAL.search(text) is None else escape(text)


def json_for_script(value: Any) -> Markup:
    r"""Return JSON that is safe inside a script element: nothing in it can end the element.

    Examples
    --------
    >>> str(json_for_script({"a": "</script>"}))
    '{"a":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-") if "_" in key else key
    return f" {name}" if value is True else f' {name}="{_escaped(value)}"'
