"""Buttons made by hand, pressed by the wrong person, or sent with payloads that lie."""

import json
from typing import Any

import pytest

from bot.chat.discord.presses import Kind
from tests.chat.http.conftest import Copy
from tests.chat.http.endpoint import Delivered, Endpoint
from tests.chat.loopback import LoopbackDiscord, Permission, Person

GUPTA = "gupta-1997-cytokine-production"
EPHEMERAL = 1 << 6
_next = iter(range(700_000_000_000_000_000, 800_000_000_000_000_000))


@pytest.fixture
async def press(ann: Person, endpoint: Endpoint) -> dict[str, Any]:
    """The payload of a press that Ann really made: on a private card, in a server, with no special rights."""
    card = await ann.runs("/study", query="gupta 1997")
    await ann.presses(card, "Full summary")
    return endpoint.deliveries[-1].payload


def changed(payload: dict[str, Any], custom_id: str, **more: Any) -> dict[str, Any]:
    """The same press with another meaning, as an interaction of its own."""
    number = str(next(_next))
    data = {**payload["data"], "custom_id": custom_id}
    return {**json.loads(json.dumps(payload)), "id": number, "token": f"t{number}", "data": data, **more}


def assert_refused_in_private(done: Delivered) -> None:
    assert done.status == 200
    assert done.json["type"] == 4
    assert done.json["data"]["flags"] & EPHEMERAL
    assert done.json["data"]["allowed_mentions"]["parse"] == []


def posted(endpoint: Endpoint) -> list[str]:
    return [one.route for one in endpoint.discord.requests if one.route.startswith("POST /channels")]


MODERATORS = [
    f"1pstudy?query*={GUPTA}&reply=123456789012345678",
    "1g?key=private",
    "1g?key=share",
    "1g?key=bot_channels",
    "1alist?action=add&name=ours&study=gupta",
    "1alist?action=remove&name=ours&study=gupta",
    "1d?by=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "1d?by=",
    "1d",
]


@pytest.mark.parametrize("custom_id", MODERATORS)
async def test_a_member_who_sends_a_moderators_button_changes_nothing(
    press: dict[str, Any], endpoint: Endpoint, copy: Copy, custom_id: str
) -> None:
    state, guild = copy.client.front.state, int(press["guild_id"])
    before = await state.guilds.get(guild)
    done = await endpoint.post(changed(press, custom_id))
    assert_refused_in_private(done)
    assert posted(endpoint) == []
    assert await state.guilds.get(guild) == before
    assert await state.lists.names(guild) == ()


@pytest.mark.parametrize("custom_id", MODERATORS)
async def test_rights_that_are_claimed_elsewhere_in_the_payload_count_for_nothing(
    press: dict[str, Any], endpoint: Endpoint, custom_id: str
) -> None:
    everything = str((1 << 53) - 1)
    lies = changed(press, custom_id, permissions=everything, app_permissions=everything)
    lies["data"] |= {"permissions": everything, "member": {"permissions": everything}, "values": ["no"]}
    lies["channel"] |= {"permissions": everything}
    lies["message"]["member"] = {**lies["member"], "permissions": everything}
    lies["member"]["user"]["permissions"] = everything
    assert_refused_in_private(await endpoint.post(lies))
    assert posted(endpoint) == []


@pytest.mark.parametrize("custom_id", MODERATORS)
async def test_a_server_press_that_hides_its_server_gains_nothing(
    press: dict[str, Any], endpoint: Endpoint, custom_id: str
) -> None:
    hidden = changed(press, custom_id)
    hidden["user"] = hidden["member"]["user"]
    for name in ("guild_id", "guild", "member"):
        del hidden[name]
    assert_refused_in_private(await endpoint.post(hidden))
    assert posted(endpoint) == []


async def test_a_server_that_did_not_install_the_bot_gets_nothing_posted_by_it(
    press: dict[str, Any], endpoint: Endpoint
) -> None:
    only_the_person = {"1": press["member"]["user"]["id"]}
    done = await endpoint.post(
        changed(press, f"1sstudy?query*={GUPTA}", authorizing_integration_owners=only_the_person)
    )
    assert_refused_in_private(done)
    assert posted(endpoint) == []


async def test_the_mark_of_another_person_or_channel_does_not_delete(
    press: dict[str, Any], endpoint: Endpoint, copy: Copy
) -> None:
    tags = copy.client.front.tags
    channel, person = int(press["channel_id"]), int(press["member"]["user"]["id"])
    for tag in (tags.make(channel, person + 1), tags.make(channel + 1, person), "A" * 31, "é" * 32):
        assert_refused_in_private(await endpoint.post(changed(press, f"1d?by={tag}")))
    assert [one for one in endpoint.discord.requests if one.route.startswith("DELETE")] == []


@pytest.mark.parametrize(
    "custom_id",
    [
        "",
        "1",
        "2astudy?query=x",
        "1zstudy?query=x",
        "1astudy",
        "1astudy?query",
        "1astudy?query=x&query=y",
        "1astudy?__class__=x",
        "1astudy?query*=no-such-entry",
        "1astudy?query~=AAAAAAAAAAAA",
        "1astudy?query=%ff",
        "1a__init__?x=1",
        "1asettings",
        "1alist?action=drop%20table",
        "1alist?action=show&name=%00",
        "1afind?page=99999999999999999999999",
        "1afind?from=-1&to=9e9",
        "1m?list=0",
        "1f",
        "1g?key=__dict__",
        "1pstudy?query=x&reply=../../users/@me",
        "1pstudy?query=x&reply=1",
        "1astudy?query={{7*7}}",
        "x" * 5_000,
        "1a" + "🦠" * 98,
        "\x00\x1b[2J",
    ],
)
async def test_a_custom_id_made_by_hand_is_told_kindly_and_does_nothing(
    press: dict[str, Any], endpoint: Endpoint, custom_id: str
) -> None:
    done = await endpoint.post(changed(press, custom_id))
    assert done.status == 200
    assert done.json["data"]["flags"] & EPHEMERAL
    assert "49" not in json.dumps(done.json["data"]["components"])
    assert posted(endpoint) == []


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
@pytest.mark.parametrize("values", [[], ["a"] * 30, ["1d?by=x", "1g?key=private"], [{"a": 1}], None])
async def test_values_that_no_list_offered_do_nothing(
    press: dict[str, Any], endpoint: Endpoint, copy: Copy, kind: str, values: Any
) -> None:
    lies = changed(press, f"1{kind}?list=0&key=private")
    lies["data"]["values"] = values
    guild = int(press["guild_id"])
    before = await copy.client.front.state.guilds.get(guild)
    done = await endpoint.post(lies)
    assert done.status == 200
    assert posted(endpoint) == []
    assert await copy.client.front.state.guilds.get(guild) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("member", None),
        ("member", {"permissions": "no number", "user": {"id": "x"}}),
        ("member", {}),
        ("guild_id", "../.."),
        ("guild_id", "9" * 5_000),
        ("message", {"id": "1"}),
        ("message", []),
        ("channel", None),
        ("channel", {"id": "1", "type": 10**30}),
        ("entitlements", [{"id": "x"}]),
        ("authorizing_integration_owners", {"0": "x"}),
        ("attachment_size_limit", None),
        ("data", {}),
        ("data", {"custom_id": 7, "component_type": 2}),
        ("data", {"custom_id": "1astudy?query=x", "component_type": 2, "values": 7}),
        ("locale", {}),
        ("application_id", "1"),
    ],
)
async def test_a_field_that_lies_is_refused_and_the_next_request_is_answered(
    press: dict[str, Any], endpoint: Endpoint, field: str, value: Any
) -> None:
    done = await endpoint.post({**changed(press, "1astudy?query=gupta"), field: value})
    assert done.status in {200, 400, 504}
    assert b"Traceback" not in done.body
    assert posted(endpoint) == []
    assert (await endpoint.post(changed(press, f"1astudy?query*={GUPTA}"))).status == 200


async def test_a_command_that_is_not_registered_or_misshapen_is_told_kindly(
    ann: Person, endpoint: Endpoint
) -> None:
    await ann.runs("/pem")
    payload = endpoint.deliveries[-1].payload
    for data in (
        {"id": "1", "name": "eval", "type": 1, "options": [{"name": "code", "type": 3, "value": "1"}]},
        {"id": "1", "name": "study", "type": 1},
        {"id": "1", "name": "study", "type": 1, "options": [{"name": "query", "type": 4, "value": 7}]},
        {
            "id": "1",
            "name": "study",
            "type": 1,
            "options": [{"name": "query", "type": 3, "value": "a" * 9_000}],
        },
        {"id": "1", "name": "find", "type": 1, "options": [{"name": "page", "type": 4, "value": 10**40}]},
        {"id": "1", "name": "list", "type": 1, "options": []},
        {"id": "1", "name": "Find evidence", "type": 3, "target_id": "1", "resolved": {}},
    ):
        number = str(next(_next))
        done = await endpoint.post({**payload, "id": number, "token": number, "data": data})
        assert done.status == 200, data
        assert done.json["data"]["flags"] & EPHEMERAL


async def test_settings_need_the_right_even_where_discord_shows_the_command(
    discord: LoopbackDiscord, ann: Person, endpoint: Endpoint
) -> None:
    assert ann.home is not None
    manager = discord.person("Manager", ann.home.guild, may=Permission.MANAGE_GUILD)
    panel = await manager.runs("/settings")
    assert panel.ephemeral
    payload = endpoint.deliveries[-1].payload
    lesser = json.loads(json.dumps(payload))
    number = str(next(_next))
    lesser |= {"id": number, "token": number}
    lesser["member"]["permissions"] = str(int(payload["member"]["permissions"]) & ~(1 << 5))
    assert_refused_in_private(await endpoint.post(lesser))
