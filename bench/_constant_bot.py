"""The least that a bot written with discord.py does: one command, one constant reply. To compare with."""

import os

import discord
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from yarl import URL

TEXT = "word " * 300  # as long as the short view of a study


class ConstantBot(discord.AutoShardedClient):
    """Answers ``/study`` with the same text, whatever is asked."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(study)

    async def setup_hook(self) -> None:
        """Register the command."""
        await self.tree.sync()


@app_commands.command(description="Look up one study")
async def study(interaction: discord.Interaction, query: str) -> None:  # noqa: ARG001 - constant is the point
    """Reply with the constant."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(TEXT))
    view.stop()
    await interaction.response.send_message(view=view, ephemeral=True)


if __name__ == "__main__":
    discord.http.Route.BASE = os.environ["DISCORD_API_BASE"]
    DiscordWebSocket.DEFAULT_GATEWAY = URL(os.environ["DISCORD_API_BASE"])  # asked for, but not used
    ConstantBot().run(os.environ["DISCORD_TOKEN"], log_handler=None)
