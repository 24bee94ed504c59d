"""The checks of single fields that every limit is made of, with Discord's error codes.

The codes are those Discord answers with (BASE_TYPE_REQUIRED and BASE_TYPE_BAD_LENGTH are in "API
Reference", error messages; others are quoted in public issues, such as discord/discord-api-docs#3673
for COMPONENT_CUSTOM_ID_DUPLICATED). Lengths are counted in Unicode code points.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.chat.loopback.errors import FormErrors, Json, Path


class Fields:
    """One JSON object under examination: where it is in the body, and where to note what is wrong."""

    def __init__(self, found: FormErrors, body: Json, path: Path) -> None:
        self.found = found
        self.body = body
        self.path = path

    def complain(self, field: str, code: str, message: str) -> None:
        """Note a problem with one field of this object."""
        self.found.add((*self.path, field), code, message)

    def text(self, field: str, low: int, high: int, *, required: bool = False) -> str | None:
        """Check a string of `low` to `high` characters; return it if it is one."""
        value = self.body.get(field)
        if value is None:
            if required:
                self.complain(field, "BASE_TYPE_REQUIRED", "This field is required")
            return None
        if not isinstance(value, str):
            self.complain(field, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return None
        self._length(field, len(value), low, high, required=required)
        return value

    def items(self, field: str, low: int, high: int, *, required: bool = False) -> list[Json]:
        """Check a list of `low` to `high` objects; return those that are objects."""
        value = self.body.get(field)
        if value is None:
            if required:
                self.complain(field, "BASE_TYPE_REQUIRED", "This field is required")
            return []
        if not isinstance(value, list):
            self.complain(field, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if value or required:
            self._length(field, len(value), low, high, required=required)
        for place, item in enumerate(value):
            if not isinstance(item, dict):
                self.found.add(
                    (*self.path, field, place),
                    "MODEL_TYPE_CONVERT",
                    "Only dictionaries may be used in a ModelType",
                )
        return [item if isinstance(item, dict) else {} for item in value]

    def number(self, field: str, low: int, high: int) -> int | None:
        """Check an optional integer between `low` and `high`; return it if it is one."""
        value = self.body.get(field)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.complain(field, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return None
        if value < low:
            self.complain(field, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        elif value > high:
            self.complain(field, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        return value

    def choice(self, field: str, allowed: Sequence[int], *, required: bool = True) -> int | None:
        """Check that an integer is one of `allowed`; return it if it is."""
        value = self.body.get(field)
        if value is None and not required:
            return None
        if value is None:
            self.complain(field, "BASE_TYPE_REQUIRED", "This field is required")
        elif value not in allowed:
            listed = ", ".join(map(str, allowed))
            self.complain(field, "BASE_TYPE_CHOICES", f"Value must be one of ({listed}).")
        else:
            return int(value)
        return None

    def kind(self, allowed: Sequence[int]) -> int | None:
        """Check the `type` that decides which component this object is; return it if it may be here."""
        value = self.body.get("type")
        if value in allowed and isinstance(value, int):
            return value
        listed = ", ".join(map(str, allowed)) + ("," if len(allowed) == 1 else "")
        message = f'Value of field "type" must be one of ({listed}).'
        self.found.add(self.path, "UNION_TYPE_CHOICES", message)
        return None

    def each(
        self, field: str, low: int, high: int, check: "Callable[[Fields], None]", *, required: bool = True
    ) -> None:
        """Check the length of a list of objects and each object in it."""
        for place, item in enumerate(self.items(field, low, high, required=required)):
            check(Fields(self.found, item, (*self.path, field, place)))

    def inside(self, field: str) -> "Fields | None":
        """Return the object in a required field, or note that it is missing."""
        value = self.body.get(field)
        if isinstance(value, dict):
            return Fields(self.found, value, (*self.path, field))
        self.complain(field, "BASE_TYPE_REQUIRED", "This field is required")
        return None

    def _length(self, field: str, length: int, low: int, high: int, *, required: bool) -> None:
        if low <= length <= high:
            return
        if length == 0 and required and low > 0 and high > low and isinstance(self.body[field], str):
            self.complain(field, "BASE_TYPE_REQUIRED", "This field is required")
        elif low == 0:
            self.complain(field, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        else:
            self.complain(field, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")


def numbered(items: Any) -> Iterator[tuple[int, Json]]:
    """Yield those items of a list that are objects, with their places; nothing, if it is no list."""
    for place, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield place, item


def objects(holder: Json, field: str) -> list[Json]:
    """Return those items of a list in a field that are objects."""
    return [item for _, item in numbered(holder.get(field))]
