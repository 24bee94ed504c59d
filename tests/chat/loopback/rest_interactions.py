"""Answering interactions: the callback, and the webhook that edits, deletes and follows up.

Source: "Receiving and Responding", https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from tests.chat.loopback import payloads
from tests.chat.loopback.errors import FormErrors, Json, refusal
from tests.chat.loopback.interactions import (
    FOLLOW_UPS_OF_USER_APPS,
    Callback,
    Interaction,
    Interactions,
    Kind,
)
from tests.chat.loopback.limits_forms import check_choices, check_form
from tests.chat.loopback.messages import Messages
from tests.chat.loopback.rest import Answer, Call
from tests.chat.loopback.world import Message, MessageFlag, World

_MESSAGE_ANSWERS = {Callback.MESSAGE, Callback.DEFERRED_MESSAGE}
_UPDATES = {Callback.DEFERRED_UPDATE, Callback.UPDATE}


class InteractionRoutes:
    """POST /interactions/…/callback and /webhooks/{app}/{token}…"""

    def __init__(self, world: World, messages: Messages, interactions: Interactions) -> None:
        self._world = world
        self._messages = messages
        self._interactions = interactions

    async def callback(self, call: Call) -> Answer:
        """Take the first answer to an interaction."""
        interaction = self._interactions.to_answer(call.number("interaction"), call.text("token"))
        try:
            how = self._how(interaction, call.object)
            message = self._answer(interaction, how, call)
        except Exception as error:
            interaction.refused = str(error)
            raise
        interaction.answered(how, call.arrived)
        if not call.flag("with_response"):
            return None
        return self._described(interaction, how, message)

    async def follow_up(self, call: Call) -> Answer:
        """Post a further answer, or (after a deferred one) the answer itself."""
        interaction = self._to_follow_up(call)
        original = interaction.original
        if original is not None and original.loading:
            # "When using this endpoint directly after … DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE, this
            # endpoint will function as Edit Original Interaction Response".
            self._messages.edit(original, call.object, call.uploads)
            interaction.news.ring()
            return payloads.message(original, self._world.app)
        if interaction.only_installed_by_user and len(interaction.follow_ups) >= FOLLOW_UPS_OF_USER_APPS:
            raise refusal(40094)
        message = self._messages.create(
            interaction.channel,
            call.object,
            call.uploads,
            interaction=interaction,
            private=interaction.must_be_private,
        )
        interaction.follow_ups.append(message)
        interaction.news.ring()
        return payloads.message(message, self._world.app)

    async def get(self, call: Call) -> Answer:
        """Return one of the messages of an interaction."""
        return payloads.message(self._message(call), self._world.app)

    async def edit(self, call: Call) -> Answer:
        """Edit one of the messages of an interaction."""
        message = self._message(call)
        self._messages.edit(message, call.object, call.uploads)
        interaction = self._to_follow_up(call)
        interaction.edits += 1
        interaction.news.ring()
        return payloads.message(message, self._world.app)

    async def delete(self, call: Call) -> Answer:
        """Delete one of the messages of an interaction."""
        self._messages.delete(self._message(call))
        self._to_follow_up(call).news.ring()
        return None

    def _to_follow_up(self, call: Call) -> Interaction:
        return self._interactions.to_follow_up(call.number("app"), call.text("token"))

    def _message(self, call: Call) -> Message:
        interaction = self._to_follow_up(call)
        wanted = call.text("message")
        known = [one for one in (interaction.original, *interaction.follow_ups) if one is not None]
        for message in known:
            named = wanted == str(message.id) or (wanted == "@original" and message is interaction.original)
            if named and message.id in message.channel.messages:
                return message
        raise refusal(10008)

    def _how(self, interaction: Interaction, body: Json) -> Callback:
        """Return the callback type if this kind of interaction may be answered with it."""
        allowed = set(_MESSAGE_ANSWERS)
        if interaction.kind is Kind.AUTOCOMPLETE:
            allowed = {Callback.CHOICES}
        elif interaction.kind is not Kind.FORM:
            allowed.add(Callback.FORM)
        if interaction.source is not None and interaction.kind in {Kind.COMPONENT, Kind.FORM}:
            allowed |= _UPDATES
        if body.get("type") in allowed:
            return Callback(body["type"])
        found = FormErrors()
        listed = ", ".join(str(int(one)) for one in sorted(allowed))
        found.add(("type",), "BASE_TYPE_CHOICES", f"Value must be one of ({listed}).")
        found.raise_if_any()
        raise AssertionError  # raise_if_any has raised

    def _answer(self, interaction: Interaction, how: Callback, call: Call) -> Message | None:
        data: Json = call.object.get("data") or {}
        match how:
            case Callback.MESSAGE:
                private = interaction.must_be_private
                interaction.original = self._messages.create(
                    interaction.channel,
                    data,
                    call.uploads,
                    at=("data",),
                    interaction=interaction,
                    private=private,
                )
            case Callback.DEFERRED_MESSAGE:
                private = bool(int(data.get("flags") or 0) & MessageFlag.EPHEMERAL)
                interaction.original = self._messages.think(interaction, private=private)
            case Callback.DEFERRED_UPDATE:
                interaction.original = interaction.source
            case Callback.UPDATE:
                interaction.original = interaction.source
                if interaction.source is not None:
                    self._messages.edit(interaction.source, data, call.uploads, at=("data",))
            case Callback.CHOICES:
                check_choices(data)
                interaction.choices = data.get("choices") or []
            case Callback.FORM:
                check_form(data)
                interaction.form = data
        return interaction.original

    def _described(self, interaction: Interaction, how: Callback, message: Message | None) -> Json:
        """Return the interaction callback response object."""
        about: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
        answer: Json = {"interaction": about}
        if message is not None:
            about |= {
                "response_message_id": str(message.id),
                "response_message_loading": message.loading,
                "response_message_ephemeral": message.ephemeral,
            }
            resource: Json = {"type": int(how)}
            if how in {Callback.MESSAGE, Callback.UPDATE}:
                resource["message"] = payloads.message(message, self._world.app)
            answer["resource"] = resource
        elif how in {Callback.FORM, Callback.CHOICES}:
            answer["resource"] = {"type": int(how)}
        return answer
