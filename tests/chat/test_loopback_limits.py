"""Discord's limits as the loopback holds them: each at its edge, with the code and path of the refusal."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chat.loopback import LoopbackDiscord, Permission
from tests.chat.loopback.errors import ApiError, Json
from tests.chat.loopback.limits import check_message
from tests.chat.loopback.limits_commands import check_commands, valid_name
from tests.chat.loopback.limits_forms import check_choices, check_form
from tests.chat.loopback.world import MessageFlag

V2 = MessageFlag.IS_COMPONENTS_V2
NONE = MessageFlag(0)


def leaves(node: Json, path: str = "") -> Iterator[str]:
    """Yield every problem of an `errors` object as "path: CODE"."""
    for key, child in node.items():
        if key == "_errors":
            yield from (f"{path}: {one['code']}" for one in child)
        else:
            yield from leaves(child, f"{path}.{key}".strip("."))


def problems(body: Json, flags: MessageFlag = V2, filenames: tuple[str, ...] = ()) -> list[str]:
    """Return what Discord says of a message: [] if it takes it, a code alone if there is no path."""
    try:
        check_message(body, flags=flags, filenames=filenames)
    except ApiError as error:
        return list(leaves(error.errors)) if error.errors else [f"{error.status} {error.code}"]
    return []


def text(content: str) -> Json:
    return {"type": 10, "content": content}


def button(**changes: object) -> Json:
    return {"type": 2, "style": 2, "label": "Go", "custom_id": "go", **changes}


def select(**changes: object) -> Json:
    return {"type": 3, "custom_id": "pick", "options": [option("a")], **changes}


def option(value: str, **changes: object) -> Json:
    return {"label": value, "value": value, **changes}


def row(*children: Json) -> Json:
    return {"type": 1, "components": list(children)}


def layout(*components: Json) -> Json:
    return {"components": list(components)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (layout(text("x" * 4000)), []),
        (layout(text("x" * 4001)), ["components.0.content: BASE_TYPE_BAD_LENGTH"]),
        (layout(text("x" * 2001), text("x" * 2000)),
         ["components: COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"]),
        (layout(text("")), ["components.0.content: BASE_TYPE_REQUIRED"]),
        (layout(*[text("x")] * 40), []),
        (layout(*[text("x")] * 41), ["components: BASE_TYPE_BAD_LENGTH"]),
        ({"type": 17} | layout({"type": 17, "components": [text("x")] * 39}), []),
        (
            layout({"type": 17, "components": [text("x")] * 40}),
            ["components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"],
        ),
        (
            {"content": "hi", **layout(text("x"))},
            ["content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"],
        ),
        (
            {"embeds": [{"title": "hi"}], **layout(text("x"))},
            ["embeds: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"],
        ),
        (layout({"type": 17, "accent_color": 0x1000000, "components": [text("x")]}),
         ["components.0.accent_color: NUMBER_TYPE_MAX"]),
        (layout({"type": 17, "components": [{"type": 17, "components": [text("x")]}]}),
         ["components.0.components.0: UNION_TYPE_CHOICES"]),
        (layout({"type": 9, "components": [text("x")] * 3, "accessory": button()}), []),
        (layout({"type": 9, "components": [text("x")] * 4, "accessory": button()}),
         ["components.0.components: BASE_TYPE_BAD_LENGTH"]),
        (layout({"type": 9, "components": [text("x")]}), ["components.0.accessory: BASE_TYPE_REQUIRED"]),
        (layout({"type": 13, "file": {"url": "attachment://a.bib"}}),
         ["components.0.file.url: UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"]),
        (layout({"type": 13, "file": {"url": "https://example.org/a.bib"}}),
         ["components.0.file.url: URL_TYPE_INVALID_SCHEME"]),
        (layout(text("😀" * 2537)), []),
        (layout(text("😀" * 2540)), ["500 0"]),
        ({"components": []}, ["400 50006"]),
        ({}, ["400 50006"]),
    ],
)  # fmt: skip
def test_a_layout_message(body: Json, expected: list[str]) -> None:
    assert problems(body) == expected


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        (button(label="x" * 80), []),
        (button(label="x" * 81), ["label: BASE_TYPE_MAX_LENGTH"]),
        (button(custom_id="x" * 100), []),
        (button(custom_id="x" * 101), ["custom_id: BASE_TYPE_BAD_LENGTH"]),
        (button(custom_id=""), ["custom_id: BASE_TYPE_REQUIRED"]),
        (button(custom_id=None), ["custom_id: BASE_TYPE_REQUIRED"]),
        (button(style=9), ["style: BASE_TYPE_CHOICES"]),
        (button(style=5, custom_id=None, url="https://doi.org/10.1000/182"), []),
        (button(style=5, custom_id=None), ["url: BASE_TYPE_REQUIRED"]),
        (button(style=5, custom_id=None, url="https://" + "x" * 505), ["url: BASE_TYPE_BAD_LENGTH"]),
        (button(style=5, custom_id=None, url="javascript:0"), ["url: URL_TYPE_INVALID_SCHEME"]),
        (button(url="https://doi.org"), ["url: BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"]),
        (select(placeholder="x" * 150), []),
        (select(placeholder="x" * 151), ["placeholder: BASE_TYPE_MAX_LENGTH"]),
        (select(options=[option(str(n)) for n in range(25)]), []),
        (select(options=[option(str(n)) for n in range(26)]), ["options: BASE_TYPE_BAD_LENGTH"]),
        (select(options=[]), ["options: BASE_TYPE_BAD_LENGTH"]),
        (select(options=[option("a"), option("a")]), ["options.1: SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"]),
        (select(options=[option("x" * 101)]),
         ["options.0.label: BASE_TYPE_BAD_LENGTH", "options.0.value: BASE_TYPE_BAD_LENGTH"]),
        (select(options=[option("a", description="x" * 101)]),
         ["options.0.description: BASE_TYPE_MAX_LENGTH"]),
        (select(max_values=2), ["max_values: NUMBER_TYPE_MAX"]),
        (select(min_values=26), ["min_values: NUMBER_TYPE_MAX"]),
        ({"type": 4, "custom_id": "t", "style": 1}, ["UNION_TYPE_CHOICES"]),
    ],
)  # fmt: skip
def test_what_stands_in_a_row(child: Json, expected: list[str]) -> None:
    prefix = "components.0.components.0"
    wanted = [f"{prefix}.{one}" if ": " in one else f"{prefix}: {one}" for one in expected]
    assert problems(layout(row(child))) == wanted
    assert problems({"content": "hi", **layout(row(child))}, NONE) == wanted


def test_a_row_takes_five_buttons_or_one_select() -> None:
    five = [button(custom_id=str(number)) for number in range(5)]
    assert problems(layout(row(*five))) == []
    assert problems(layout(row(*five, button()))) == ["components.0.components: BASE_TYPE_BAD_LENGTH"]
    assert problems(layout(row())) == ["components.0.components: BASE_TYPE_BAD_LENGTH"]
    assert problems(layout(row(select(), button()))) == [
        "components.0.components: COMPONENT_LAYOUT_WIDTH_EXCEEDED"
    ]


def test_custom_ids_are_unique_over_the_whole_message() -> None:
    body = layout(row(button()), {"type": 17, "components": [row(button())]})
    assert problems(body) == [
        "components.1.components.0.components.0.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED"
    ]


def test_without_the_flag_only_rows_are_components() -> None:
    assert problems({"content": "hi", **layout(text("x"))}, NONE) == ["components.0: UNION_TYPE_CHOICES"]
    rows = [row(button(custom_id=str(number))) for number in range(6)]
    assert problems({"content": "hi", "components": rows}, NONE) == ["components: BASE_TYPE_MAX_LENGTH"]


def test_plain_messages_and_embeds() -> None:
    assert problems({"content": "x" * 2000}, NONE) == []
    assert problems({"content": "x" * 2001}, NONE) == ["content: BASE_TYPE_MAX_LENGTH"]
    assert problems({"content": ""}, NONE) == ["400 50006"]
    assert problems({}, NONE, ("a.txt",)) == []
    assert problems({"embeds": [{"title": "x" * 257}]}, NONE) == ["embeds.0.title: BASE_TYPE_MAX_LENGTH"]
    big = {"description": "x" * 3001}
    assert problems({"embeds": [big, big]}, NONE) == ["embeds: MAX_EMBED_SIZE_EXCEEDED"]


def test_every_problem_is_told_at_once() -> None:
    body = layout(text(""), row(button(label="x" * 81, custom_id="")))
    assert len(problems(body)) == 3


def form_problems(**changes: object) -> list[str]:
    data: Json = {"custom_id": "form", "title": "T", "components": [label()], **changes}
    try:
        check_form(data)
    except ApiError as error:
        return list(leaves(error.errors or {}))
    return []


def label(**changes: object) -> Json:
    field = {"type": 4, "custom_id": "field", "style": 1, **changes}
    return {"type": 18, "label": "Field", "component": field}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"title": "x" * 46}, ["data.title: BASE_TYPE_BAD_LENGTH"]),
        ({"custom_id": ""}, ["data.custom_id: BASE_TYPE_REQUIRED"]),
        ({"components": []}, ["data.components: BASE_TYPE_BAD_LENGTH"]),
        ({"components": [label(custom_id=str(n)) for n in range(5)]}, []),
        (
            {"components": [label(custom_id=str(n)) for n in range(6)]},
            ["data.components: BASE_TYPE_BAD_LENGTH"],
        ),
        ({"components": [label(), label()]}, ["data.components: COMPONENT_CUSTOM_ID_DUPLICATED"]),
        ({"components": [label(value="x" * 4001)]}, ["value: BASE_TYPE_MAX_LENGTH"]),
        ({"components": [label(value="abc", max_length=2)]}, ["value: BASE_TYPE_MAX_LENGTH"]),
        ({"components": [label(placeholder="x" * 101)]}, ["placeholder: BASE_TYPE_MAX_LENGTH"]),
        ({"components": [label(max_length=4001)]}, ["max_length: NUMBER_TYPE_MAX"]),
        ({"components": [label(min_length=3, max_length=2)]}, ["min_length: NUMBER_TYPE_MAX"]),
        ({"components": [{**label(), "label": "x" * 46}]}, ["data.components.0.label: BASE_TYPE_BAD_LENGTH"]),
        (
            {"components": [{**label(), "description": "x" * 101}]},
            ["data.components.0.description: BASE_TYPE_MAX_LENGTH"],
        ),
        ({"components": [row(button())]}, ["data.components.0.components.0: UNION_TYPE_CHOICES"]),
        (
            {"components": [{**label(), "component": select(min_values=0)}]},
            ["data.components.0.component.min_values: NUMBER_TYPE_MIN"],
        ),
    ],
)
def test_a_form(changes: Json, expected: list[str]) -> None:
    in_field = "data.components.0.component."
    wanted = [one if one.startswith("data.") else in_field + one for one in expected]
    assert form_problems(**changes) == wanted


def test_autocomplete_choices() -> None:
    def found(*choices: Json) -> list[str]:
        try:
            check_choices({"choices": list(choices)})
        except ApiError as error:
            return list(leaves(error.errors or {}))
        return []

    def choice(name: str, value: str) -> Json:
        return {"name": name, "value": value}

    assert found(*[choice("x" * 100, "x" * 100)] * 25) == []
    assert found(*[choice("a", "a")] * 26) == ["data.choices: BASE_TYPE_MAX_LENGTH"]
    assert found(choice("x" * 101, "")) == [
        "data.choices.0.name: BASE_TYPE_BAD_LENGTH",
        "data.choices.0.value: BASE_TYPE_REQUIRED",
    ]


def command(**changes: object) -> Json:
    return {"name": "study", "description": "Find a study", "type": 1, **changes}


def parameter(name: str = "query", **changes: object) -> Json:
    return {"name": name, "description": "What", "type": 3, **changes}


def command_problems(*commands: Json) -> list[str]:
    try:
        check_commands(commands)
    except ApiError as error:
        return list(leaves(error.errors)) if error.errors else [f"{error.status} {error.code}"]
    return []


def menu(number: int) -> Json:
    return {"name": f"Menu {number}", "type": 3}


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ([command()], []),
        ([command(name="Study")], ["0.name: APPLICATION_COMMAND_INVALID_NAME"]),
        ([command(name="a study")], ["0.name: APPLICATION_COMMAND_INVALID_NAME"]),
        ([command(name="x" * 33)], ["0.name: BASE_TYPE_BAD_LENGTH"]),
        ([command(description="")], ["0.description: BASE_TYPE_REQUIRED"]),
        ([command(description="x" * 101)], ["0.description: BASE_TYPE_BAD_LENGTH"]),
        ([command(), command()], ["1: APPLICATION_COMMANDS_DUPLICATE_NAME"]),
        ([command(), {"name": "study", "type": 3}], []),
        ([menu(number) for number in range(15)], []),
        ([menu(number) for number in range(16)], ["400 30032"]),
        ([command(name=str(number)) for number in range(101)], ["400 30032"]),
        ([{**menu(1), "description": "no"}],
         ["0.description: APPLICATION_COMMAND_DESCRIPTION_CANNOT_BE_SET"]),
        ([command(name_localizations={"de": "Studie"})],
         ["0.name_localizations.de: APPLICATION_COMMAND_INVALID_NAME"]),
        ([command(name_localizations={"de": "studie", "no": "studie"})], []),
        ([command(name_localizations={"nb": "studie"})],
         ["0.name_localizations.nb: APPLICATION_COMMAND_INVALID_LOCALE"]),
        ([command(description_localizations={"fr": "x" * 101})],
         ["0.description_localizations.fr: BASE_TYPE_BAD_LENGTH"]),
        ([command(contexts=[3])], ["0.contexts: BASE_TYPE_CHOICES"]),
        ([command(options=[parameter(str(n)) for n in range(25)])], []),
        ([command(options=[parameter(str(n)) for n in range(26)])], ["0.options: BASE_TYPE_MAX_LENGTH"]),
        ([command(options=[parameter("a"), parameter("b", required=True)])],
         ["0.options.1: APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"]),
        ([command(options=[parameter(type=12)])], ["0.options.0.type: BASE_TYPE_CHOICES"]),
        ([command(options=[parameter(max_length=6001)])], ["0.options.0.max_length: NUMBER_TYPE_MAX"]),
        ([command(options=[parameter(autocomplete=True, choices=[{"name": "a", "value": "a"}])])],
         ["0.options.0.autocomplete: APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_WITH_CHOICES"]),
        ([command(options=[parameter(choices=[{"name": "a", "value": "x" * 101}])])],
         ["0.options.0.choices.0.value: BASE_TYPE_BAD_LENGTH"]),
        ([command(options=[parameter("show", type=1), parameter("query")])],
         ["0.options: APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"]),
        ([command(options=[parameter("group", type=2, options=[parameter("add", type=1)])])], []),
        ([command(options=[parameter("add", type=1, options=[parameter("more", type=1)])])],
         ["0.options.0.options.0.type: BASE_TYPE_CHOICES"]),
        ([command(options=[parameter("a"), parameter("b", name_localizations={"de": "a"})])],
         ["0.options.1.name_localizations.de: APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE"]),
    ],
)  # fmt: skip
def test_commands(commands: list[Json], expected: list[str]) -> None:
    assert command_problems(*commands) == expected


def test_a_command_has_eight_thousand_characters_counting_the_longest_localization() -> None:
    # 25 options of 26 choices would be too many, so: 25 options, 3 choices of 100 + 6 characters each.
    choices = [{"name": f"{number:0100}", "value": f"{number:06}"} for number in range(3)]
    options = [parameter(f"{number:02}", description="d", choices=choices) for number in range(24)]
    size = 5 + 12 + 24 * (2 + 1 + 3 * 106)
    fitting = command(options=[*options, parameter("last", description="d" * min(100, 8000 - size - 4))])
    assert command_problems(fitting) == []
    long = [{**one, "description_localizations": {"de": "d" * 100}} for one in options]
    assert command_problems(command(options=long)) == ["0: APPLICATION_COMMAND_TOO_LARGE"]


@pytest.mark.parametrize(
    "name", ["étude", "studie-søk", "исследование", "अध्ययन", "การศึกษา", "研究", "o'clock", "a_1"]
)
def test_names_of_many_scripts_are_valid(name: str) -> None:
    assert valid_name(name)


@given(
    st.text(
        alphabet=st.characters(categories=["Lu", "P", "S", "Z", "C"], exclude_characters="-_'"), min_size=1
    )
)
def test_capitals_punctuation_and_spaces_are_not_part_of_names(name: str) -> None:
    assert not valid_name(name) or name == name.lower()


@given(st.lists(st.integers(1, 1500), max_size=8))
def test_text_fits_exactly_when_its_sum_does(lengths: list[int]) -> None:
    body = layout(text("x"), *[text("x" * length) for length in lengths])
    assert (problems(body) == []) == (1 + sum(lengths) <= 4000)


FIELDS = st.sampled_from(
    [
        "type",
        "components",
        "content",
        "label",
        "custom_id",
        "style",
        "url",
        "options",
        "value",
        "accessory",
        "placeholder",
        "min_values",
        "max_values",
        "media",
        "file",
        "items",
        "embeds",
        "title",
        "fields",
        "id",
        "name",
        "description",
        "name_localizations",
        "choices",
        "required",
        "component",
        "contexts",
        "de",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 24) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=10,
)
OBJECTS = st.dictionaries(FIELDS, ANYTHING, max_size=6)
# Nested bodies take long to make on a busy machine, which is no fault of what is tested.
slowly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slowly
@given(OBJECTS, st.sampled_from([V2, NONE]))
def test_no_message_body_breaks_the_checks(body: Json, flags: MessageFlag) -> None:
    problems(body, flags)


@slowly
@given(st.lists(OBJECTS, max_size=3))
def test_no_command_breaks_the_checks(commands: list[Json]) -> None:
    command_problems(*commands)


@slowly
@given(OBJECTS)
def test_no_form_and_no_choices_break_the_checks(data: Json) -> None:
    form_problems(**data)
    with suppress(ApiError):
        check_choices(data)


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as server:
        yield server


async def asked(discord: LoopbackDiscord, method: str, path: str, body: object = None) -> tuple[int, Json]:
    headers = {"Authorization": f"Bot {discord.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, discord.api_base + path, json=body) as answer,
    ):
        if answer.status == 204:
            return 204, {}
        assert answer.headers["Content-Type"] == "application/json"
        parsed: Json = await answer.json()
        return answer.status, parsed


async def test_a_refusal_has_the_shape_of_discords(discord: LoopbackDiscord) -> None:
    general = discord.channel(discord.guild(), "general")
    body = {"flags": int(V2), "components": [row(button(label="x" * 81))]}
    status, answer = await asked(discord, "POST", f"/channels/{general.id}/messages", body)
    problem = {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 80 or fewer in length."}
    at_label = {"0": {"components": {"0": {"label": {"_errors": [problem]}}}}}
    assert status == 400
    assert answer == {"message": "Invalid Form Body", "code": 50035, "errors": {"components": at_label}}


async def test_posting_needs_permissions(discord: LoopbackDiscord) -> None:
    forum = discord.guild()
    general = discord.channel(forum, "general")
    alice = discord.person("Alice", forum)
    said = await alice.says("hello")
    path = f"/channels/{general.id}/messages"
    reply = {"content": "hi", "message_reference": {"message_id": str(said.id)}}
    assert (await asked(discord, "DELETE", f"{path}/{said.id}"))[1]["code"] == 50013
    assert (await asked(discord, "PATCH", f"{path}/{said.id}", {"content": "x"}))[1]["code"] == 50005
    assert (await asked(discord, "POST", path, reply))[0] == 200
    discord.deny(general, forum.everyone, Permission.READ_MESSAGE_HISTORY)
    assert (await asked(discord, "POST", path, reply))[1]["code"] == 160002
    discord.deny(general, forum.everyone, Permission.SEND_MESSAGES)
    assert (await asked(discord, "POST", path, {"content": "hi"}))[1]["code"] == 50013
    discord.deny(general, forum.everyone, Permission.VIEW_CHANNEL)
    assert (await asked(discord, "POST", path, {"content": "hi"}))[1]["code"] == 50001
    assert (await asked(discord, "POST", "/channels/1/messages", {"content": "hi"}))[1]["code"] == 10003


async def test_replying_to_a_message_that_is_gone(discord: LoopbackDiscord) -> None:
    general = discord.channel(discord.guild(), "general")
    body: Json = {"content": "hi", "message_reference": {"message_id": "1"}}
    path = f"/channels/{general.id}/messages"
    assert list(leaves((await asked(discord, "POST", path, body))[1]["errors"])) == [
        "message_reference: REPLIES_UNKNOWN_MESSAGE"
    ]
    body["message_reference"]["fail_if_not_exists"] = False
    assert (await asked(discord, "POST", path, body))[0] == 200


async def test_dms_need_something_in_common_and_an_open_door(discord: LoopbackDiscord) -> None:
    stranger, friend = discord.person("Stranger"), discord.person("Friend", discord.guild())
    assert (await asked(discord, "POST", f"/channels/{stranger.dm.id}/messages", {"content": "x"}))[1][
        "code"
    ] == 50007
    path = f"/channels/{friend.dm.id}/messages"
    assert (await asked(discord, "POST", path, {"content": "x"}))[0] == 200
    discord.resources.closed_to_dms.add(friend.user.id)
    assert (await asked(discord, "POST", path, {"content": "x"}))[1]["code"] == 50007
    opened = await asked(discord, "POST", "/users/@me/channels", {"recipient_id": str(friend.user.id)})
    assert opened[1]["id"] == str(friend.dm.id)


async def test_without_the_token_nothing_is_told(discord: LoopbackDiscord) -> None:
    async with aiohttp.ClientSession() as session, session.get(discord.api_base + "/users/@me") as answer:
        assert (answer.status, await answer.json()) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_more_than_two_hundred_new_commands_a_day_are_too_many(discord: LoopbackDiscord) -> None:
    path = f"/applications/{discord.world.app.id}/commands"
    for batch in range(2):
        body = [command(name=f"{batch}-{number}") for number in range(100)]
        assert (await asked(discord, "PUT", path, body))[0] == 200
    status, answer = await asked(discord, "PUT", path, [command(name="one-more")])
    assert (status, answer["code"]) == (429, 30034)
    discord.advance(24 * 60 * 60)
    assert (await asked(discord, "PUT", path, [command(name="one-more")]))[0] == 200


async def test_registering_again_keeps_the_ids_of_commands(discord: LoopbackDiscord) -> None:
    path = f"/applications/{discord.world.app.id}/commands"
    await asked(discord, "PUT", path, [command()])
    first = discord.commands.of(None)[0]
    await asked(discord, "PUT", path, [command(description="Other words"), menu(1)])
    again = discord.commands.of(None)[0]
    assert (again["id"], again["description"]) == (first["id"], "Other words")
    assert again["version"] != first["version"]


async def test_what_discord_does_not_know_is_not_found(discord: LoopbackDiscord) -> None:
    assert await asked(discord, "GET", "/nothing/here") == (404, {"message": "404: Not Found", "code": 0})
    assert discord.requests[-1].route == "GET /nothing/here"


async def test_a_failure_of_the_loopback_itself_is_not_taken_for_one_of_discords() -> None:
    async def breaks() -> None:
        async with LoopbackDiscord() as discord:
            discord.world.app.user = None  # type: ignore[assignment]
            assert (await asked(discord, "GET", "/users/@me"))[0] == 500

    with pytest.raises(ExceptionGroup, match="the loopback itself failed"):
        await breaks()
