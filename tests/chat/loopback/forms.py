"""Filling in a form: what the client lets a person send, and the data it sends.

Source: "Component Reference", interaction response structures of label, text input, selects, radio
group, checkbox group and checkbox.
"""

from collections.abc import Mapping

from tests.chat.loopback.errors import Json
from tests.chat.loopback.limits import SELECTS, Component
from tests.chat.loopback.offers import NotOfferedError
from tests.chat.loopback.seen import Form, FormField

_SEVERAL = (*SELECTS, Component.CHECKBOX_GROUP, Component.FILE_UPLOAD)


def filled_in(form: Form, answers: Mapping[str, str | list[str]]) -> list[Json]:
    """Return the `components` of a modal submit.

    Raises:
        NotOfferedError: if the client would keep the form open: too short, too long, required.
    """
    by_id = {form.field(name).custom_id: answer for name, answer in answers.items()}
    fields = {field.custom_id: field for field in form.fields}
    sent: list[Json] = []
    for component in form.components:
        answer: Json = {"type": component["type"], "id": component.get("id", 0)}
        if component["type"] == Component.LABEL:
            answer["component"] = _answer(fields[component["component"]["custom_id"]], by_id)
        elif component["type"] == Component.ACTION_ROW:
            answer["components"] = [
                _answer(fields[one["custom_id"]], by_id) for one in component["components"]
            ]
        sent.append(answer)
    return sent


def _answer(field: FormField, answers: Mapping[str, str | list[str]]) -> Json:
    kind = field.component["type"]
    sent: Json = {"type": kind, "id": field.component.get("id", 0), "custom_id": field.custom_id}
    given = answers.get(field.custom_id)
    if kind == Component.TEXT_INPUT:
        sent["value"] = _text(field, field.value if given is None else given)
    elif kind in _SEVERAL:
        sent["values"] = _values(field, [given] if isinstance(given, str) else given or [])
    elif kind == Component.CHECKBOX:
        sent["value"] = bool(given)
    else:
        picked = _values(field, [] if given is None else [str(given)])
        sent["value"] = picked[0] if picked else None
    return sent


def _text(field: FormField, given: str | list[str]) -> str:
    if not isinstance(given, str):
        msg = f"{field.label!r} takes text"
        raise NotOfferedError(msg)
    low = int(field.component.get("min_length") or 0)
    high = int(field.component.get("max_length") or 4000)
    if not given and not field.required:
        return given
    if not max(low, int(field.required)) <= len(given) <= high:
        msg = f"{field.label!r} takes {low} to {high} characters, not {len(given)}"
        raise NotOfferedError(msg)
    return given


def _values(field: FormField, given: list[str]) -> list[str]:
    options = field.component.get("options") or []
    by_label = {str(option["label"]): str(option["value"]) for option in options}
    values = [by_label.get(one, one) for one in given]
    for value in values:
        if value not in by_label.values():
            msg = f"{field.label!r} offers {list(by_label)}, not {value!r}"
            raise NotOfferedError(msg)
    if field.required and not values:
        chosen = [str(one["value"]) for one in options if one.get("default")]
        if not chosen:
            msg = f"{field.label!r} has to be answered"
            raise NotOfferedError(msg)
        return chosen
    return values
