"""What a form (modal) and an autocomplete answer may hold.

Source: "Component Reference" (label, text input, selects, radio and checkbox groups, file upload, text
display) and "Receiving and Responding" (modal: title 45, 1 to 5 components; autocomplete choices).
"""

from tests.chat.loopback.errors import FormErrors, Json
from tests.chat.loopback.fields import Fields
from tests.chat.loopback.limits import (
    SELECTS,
    Component,
    check_options,
    check_select,
    walk,
)

MOST_IN_FORM = 5
MOST_CHOICES = 25
_IN_LABEL = (
    Component.TEXT_INPUT,
    *SELECTS,
    Component.FILE_UPLOAD,
    Component.RADIO_GROUP,
    Component.CHECKBOX_GROUP,
    Component.CHECKBOX,
)


def check_form(data: Json) -> None:
    """Raise `ApiError` 50035 if Discord would refuse this modal."""
    found = FormErrors()
    form = Fields(found, data, ("data",))
    form.text("custom_id", 1, 100, required=True)
    form.text("title", 1, 45, required=True)
    form.each("components", 1, MOST_IN_FORM, _check_top)
    seen: set[str] = set()
    for component in walk(data.get("components")):
        name = component.get("custom_id")
        if isinstance(name, str) and name in seen:
            found.add(
                ("data", "components"),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            )
        elif isinstance(name, str):
            seen.add(name)
    found.raise_if_any()


def _check_top(one: Fields) -> None:
    match one.kind((Component.ACTION_ROW, Component.TEXT_DISPLAY, Component.LABEL)):
        case Component.ACTION_ROW:
            one.each("components", 1, 1, lambda field: _check_text_input(field, in_row=True))
        case Component.TEXT_DISPLAY:
            one.text("content", 1, 4000, required=True)
        case Component.LABEL:
            one.text("label", 1, 45, required=True)
            one.text("description", 0, 100)
            inner = one.inside("component")
            if inner is not None:
                _check_in_label(inner)
        case _:
            pass


def _check_in_label(one: Fields) -> None:
    kind = one.kind(_IN_LABEL)
    if kind == Component.TEXT_INPUT:
        _check_text_input(one)
    elif kind in SELECTS:
        check_select(one, in_form=True)
    elif kind is not None:
        one.text("custom_id", 1, 100, required=True)
        if kind == Component.RADIO_GROUP:
            check_options(one, 2, 10)
        elif kind in {Component.CHECKBOX_GROUP, Component.FILE_UPLOAD}:
            one.number("min_values", 0, 10)
            one.number("max_values", 1, 10)
            if kind == Component.CHECKBOX_GROUP:
                check_options(one, 1, 10)


def _check_text_input(one: Fields, *, in_row: bool = False) -> None:
    if one.kind((Component.TEXT_INPUT,)) is None:
        return
    one.text("custom_id", 1, 100, required=True)
    one.choice("style", (1, 2))
    one.text("label", 1, 45, required=in_row)
    low = one.number("min_length", 0, 4000)
    high = one.number("max_length", 1, 4000)
    if low is not None and high is not None and low > high:
        one.complain("min_length", "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
    one.text("placeholder", 0, 100)
    value = one.text("value", 0, 4000)
    if value is not None and high is not None and len(value) > high:
        one.complain("value", "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")


def check_choices(data: Json) -> None:
    """Raise `ApiError` 50035 if Discord would refuse these autocomplete choices."""
    found = FormErrors()
    answer = Fields(found, data, ("data",))

    def check(choice: Fields) -> None:
        choice.text("name", 1, 100, required=True)
        names = choice.body.get("name_localizations")
        names = names if isinstance(names, dict) else {}
        for locale in names:
            localized = Fields(found, names, (*choice.path, "name_localizations"))
            localized.text(locale, 1, 100)
        value = choice.body.get("value")
        if isinstance(value, str):
            choice.text("value", 1, 100, required=True)
        elif not isinstance(value, int | float):
            choice.complain("value", "BASE_TYPE_REQUIRED", "This field is required")

    answer.each("choices", 0, MOST_CHOICES, check, required=False)
    found.raise_if_any()
