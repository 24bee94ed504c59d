"""A small discord.py bot that uses every feature the loopback offers, to prove the loopback by.

It is no part of the project's own bot. `python -m tests.chat.loopback.testbot` runs it as a process of
its own, under the same two settings: DISCORD_TOKEN and DISCORD_API_BASE.
"""

import base64
import io
import logging
import os
import sys
from typing import Any

import discord
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from yarl import URL

# The smallest PNG there is: one grey pixel.
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
FRUIT = ["Äpple", "Banane", "Cherry", "Damson"]


class Card(ui.LayoutView):
    """A reply in Components V2 with a button, a menu, a form and a file."""

    def __init__(self, fruit: str) -> None:
        super().__init__(timeout=None)
        self.add_item(ui.TextDisplay(f"# {fruit}"))
        container: ui.Container[Card] = ui.Container(ui.TextDisplay("It is a fruit."), ui.Separator())
        container.add_item(ui.File("attachment://fruit.txt"))
        self.add_item(container)
        row: ui.ActionRow[Card] = ui.ActionRow()
        row.add_item(ui.Button(label="More", custom_id=f"more:{fruit}"))
        row.add_item(ui.Button(label="Share", custom_id=f"share:{fruit}"))
        row.add_item(ui.Button(label="Suggest", custom_id="suggest"))
        row.add_item(ui.Button(label="Later", custom_id="later"))
        row.add_item(ui.Button(label="Away", custom_id="away"))
        self.add_item(row)
        menu: ui.ActionRow[Card] = ui.ActionRow()
        options = [discord.SelectOption(label=one, value=one) for one in FRUIT]
        menu.add_item(ui.Select(custom_id="pick", placeholder="Another fruit", options=options))
        self.add_item(menu)


class Suggestion(ui.Modal, title="Suggest a fruit"):
    """A form."""

    name: ui.Label["Suggestion"] = ui.Label(
        text="Name", component=ui.TextInput(custom_id="name", max_length=20)
    )
    note: ui.Label["Suggestion"] = ui.Label(
        text="Note",
        component=ui.TextInput(custom_id="note", required=False, style=discord.TextStyle.paragraph),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        name, note = self.name.component, self.note.component
        assert isinstance(name, ui.TextInput)
        assert isinstance(note, ui.TextInput)
        text = f"Thank you for {name.value} ({note.value or 'no note'})"
        await interaction.response.send_message(text, ephemeral=True)


class TestBot(discord.Client):
    """The bot."""

    __test__ = False

    def __init__(self, *, register: bool = True, intents: discord.Intents | None = None) -> None:
        super().__init__(
            intents=intents or discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.register = register
        self.heard: list[str] = []
        self.resumes = 0
        self.readies = 0
        self.tree = app_commands.CommandTree(
            self,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
        )
        _add_commands(self.tree)

    async def setup_hook(self) -> None:
        if self.register:
            await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once: the library waits 5 s before it identifies again."""

    async def on_ready(self) -> None:
        self.readies += 1

    async def on_resumed(self) -> None:
        self.resumes += 1

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message.content)
        me = self.user
        if me is None or message.author.id == me.id:
            return
        if message.guild is None or me in message.mentions:
            await message.reply(f"You said: {message.content}")

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is not discord.InteractionType.component:
            return
        pressed: dict[str, Any] = {**(interaction.data or {})}
        named = [one["name"] for one in pressed.get("resolved", {}).get("channels", {}).values()]
        await _press(interaction, pressed["custom_id"], named or pressed.get("values"))


async def _press(interaction: discord.Interaction, name: str, values: list[str] | None) -> None:
    action, _, fruit = name.partition(":")
    if action == "more":
        await interaction.response.edit_message(
            view=_Text(f"There is no more about {fruit}."), attachments=[]
        )
    elif action == "share":
        assert isinstance(interaction.channel, discord.abc.Messageable)
        await interaction.channel.send(view=_Text(f"Shared: {fruit}"))
        await interaction.response.send_message("It is there.", ephemeral=True)
    elif action == "suggest":
        await interaction.response.send_modal(Suggestion())
    elif action == "later":
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(view=_Text("Here it is."))
        await interaction.followup.send("And more.", ephemeral=True)
    elif action == "away":
        await interaction.response.defer()
        await interaction.delete_original_response()
    elif action in {"pick", "channel"}:
        await interaction.response.send_message(f"Picked {values}", ephemeral=True)


class _Text(ui.LayoutView):
    def __init__(self, text: str) -> None:
        super().__init__(timeout=None)
        self.add_item(ui.TextDisplay(text))


def _add_commands(tree: app_commands.CommandTree[TestBot]) -> None:
    async def complete(
        _interaction: discord.Interaction[TestBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        fits = [one for one in FRUIT if typed.lower() in one.lower()]
        return [app_commands.Choice(name=one, value=one) for one in fits]

    @tree.command(description="Show a fruit")
    @app_commands.describe(name="Which fruit", public="Show it to everyone")
    @app_commands.autocomplete(name=complete)
    async def fruit(interaction: discord.Interaction[TestBot], name: str, public: bool = False) -> None:  # noqa: FBT001, FBT002
        file = discord.File(io.BytesIO(name.encode()), "fruit.txt", description="Its name")
        await interaction.response.send_message(view=Card(name), file=file, ephemeral=not public)

    @tree.command(description="Say nothing")
    async def silent(_interaction: discord.Interaction[TestBot]) -> None:
        return

    @tree.command(description="Fail at a limit")
    async def long(interaction: discord.Interaction[TestBot], characters: int) -> None:
        await interaction.response.send_message(view=_Text("x" * characters), ephemeral=True)

    @tree.command(description="For those who manage the server")
    @app_commands.default_permissions(manage_guild=True)
    async def manage(interaction: discord.Interaction[TestBot]) -> None:
        await interaction.response.send_message(str(interaction.permissions.manage_guild), ephemeral=True)

    @tree.context_menu(name="Count letters")
    async def count(interaction: discord.Interaction[TestBot], message: discord.Message) -> None:
        await interaction.response.send_message(f"{len(message.content)} letters", ephemeral=True)

    @tree.command(description="Show a picture")
    async def picture(interaction: discord.Interaction[TestBot]) -> None:
        view = ui.LayoutView()
        view.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://dot.png", description="A dot")))
        await interaction.response.send_message(view=view, file=discord.File(io.BytesIO(DOT), "dot.png"))

    @tree.command(description="Choose a channel")
    async def where(interaction: discord.Interaction[TestBot]) -> None:
        view = ui.LayoutView(timeout=None)
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        kinds = [discord.ChannelType.text]
        row.add_item(ui.ChannelSelect(custom_id="channel", placeholder="A channel", channel_types=kinds))
        view.add_item(row)
        await interaction.response.send_message(view=view, ephemeral=True)

    basket = app_commands.Group(name="basket", description="A basket of fruit")

    @basket.command(description="Put a fruit in")
    async def add(interaction: discord.Interaction[TestBot], name: str) -> None:
        await interaction.response.send_message(f"{name} is in", ephemeral=True)

    tree.add_command(basket)


def main() -> None:
    """Run the bot against the Discord that the environment names."""
    base = URL(os.environ["DISCORD_API_BASE"])
    discord.http.Route.BASE = str(base)
    DiscordWebSocket.DEFAULT_GATEWAY = base.with_scheme("ws").with_path("/gateway")
    if "--stop" in sys.argv:
        sys.exit("told to stop")
    TestBot().run(os.environ["DISCORD_TOKEN"], log_level=logging.INFO)


if __name__ == "__main__":
    main()
