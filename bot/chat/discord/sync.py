"""Registering the commands with Discord, only when they are not what Discord has."""

import hashlib
import json
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.state import StateError, Trees

_log = structlog.get_logger(__name__)


async def payload(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """The commands as they are sent to Discord, with every translation."""
    translator = tree.translator
    commands = tree.get_commands(type=None)
    if translator is None:
        return [command.to_dict(tree) for command in commands]
    return [await command.get_translated_payload(tree, translator) for command in commands]


async def tree_hash(tree: app_commands.CommandTree[Any]) -> str:
    """A hash that changes when anything about the commands does."""
    text = json.dumps(await payload(tree), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


async def sync_if_changed(tree: app_commands.CommandTree[Any], trees: Trees, application_id: int) -> bool:
    """Register the commands for all servers, unless these very ones were; whether that was done now.

    A failure is logged and not raised: the commands that Discord has go on working.
    """
    now = await tree_hash(tree)
    try:
        if await trees.get(application_id) == now:
            return False
    except StateError:
        # Not known: a registration too many does no harm, one too few leaves people without a command.
        _log.warning("state is away; the commands are registered to be sure")
    try:
        await tree.sync()
    except (discord.HTTPException, app_commands.AppCommandError) as error:
        status = getattr(error, "status", None)
        _log.error("the commands could not be registered", status=status, reason=str(error)[:500])
        return False
    _log.info("commands registered", hash=now)
    try:
        await trees.set(application_id, now)
    except StateError:
        _log.warning("state is away; the commands will be registered again at the next start")
    return True
