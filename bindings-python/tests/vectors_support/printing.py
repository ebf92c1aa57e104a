"""Every way in which Python turns a value into text or bytes by itself."""

from __future__ import annotations

import copy
import pickle
import pprint
import traceback
from collections.abc import Callable


def every_form(value: object) -> str:
    """All printed forms of a value, one after the other; a form that is refused is its refusal."""
    forms: list[Callable[[], object]] = [
        lambda: repr(value),
        lambda: str(value),
        lambda: f"{value} {value!r} {value!a}",
        lambda: pprint.pformat(value),
        lambda: repr(getattr(value, "__dict__", "")),
        lambda: repr(copy.copy(value)),
        *(lambda protocol=protocol: pickle.dumps(value, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)),
    ]
    if isinstance(value, BaseException):
        forms.append(lambda: "".join(traceback.format_exception(type(value), value, value.__traceback__)))
    return "\n".join(_form(form) for form in forms)


def _form(form: Callable[[], object]) -> str:
    try:
        made = form()
    except Exception as refusal:
        return repr(refusal)
    return made.decode("latin-1") if isinstance(made, bytes) else str(made)
