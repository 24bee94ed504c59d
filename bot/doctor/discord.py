"""Discord: the token, the public key, the portal's choices, and the clock, as far as Discord can be asked."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

from bot import __version__
from bot.chat.discord.invite import MalformedTokenError, application_id
from bot.doctor.finding import Finding, mend, note, ok
from bot.settings import Settings
from bot.values import Secret

_API: Final = "https://discord.com/api/v10"
_PORTAL: Final = "https://discord.com/developers/applications"
_WITHIN: Final = 5.0
#: Seconds. `serve` refuses what is a minute off; a clock this wrong will be there soon.
_MOST_SKEW: Final = 10.0

# "Application flags" of Discord's documentation: the privileged intents, for large bots and for small ones.
_PRIVILEGED: Final = {
    "presence": 1 << 12 | 1 << 13,
    "server members": 1 << 14 | 1 << 15,
    "message content": 1 << 18 | 1 << 19,
}


@dataclass(frozen=True)
class _Told:
    """What Discord answered: the application (``None``: token refused), and seconds we are ahead of it."""

    application: dict[str, Any] | None
    skew: float | None


def look(settings: Settings) -> Iterator[Finding]:
    """Everything about Discord."""
    token = settings.discord_token
    yield from _public_key(settings)
    if token is None:
        yield mend("token", f"DISCORD_TOKEN is not set: put the bot's token, from {_PORTAL}, into .env.")
        return
    try:
        application_id(token)
    except MalformedTokenError:
        yield mend("token", f"DISCORD_TOKEN is not a bot's token: copy it whole from {_PORTAL}.")
        return
    told = _ask(settings.discord_api_base or _API, token)
    if told is None:
        yield note("token", "it has the shape of one; Discord could not be reached to ask.")
        yield note("clock", "not compared: Discord could not be reached.")
        return
    yield from _clock(told.skew)
    if told.application is None:
        yield mend("token", f"Discord refuses it: make a new one at {_PORTAL} and set it as DISCORD_TOKEN.")
        return
    yield ok("token", "Discord accepts it")
    yield from _portal(settings, told.application)


def _public_key(settings: Settings) -> Iterator[Finding]:
    if settings.discord_public_key is None:
        yield note("public key", "DISCORD_PUBLIC_KEY is not set; `serve` needs it, `run` does not.")
    else:
        yield ok("public key", "64 hexadecimal digits")


def _ask(base: str, token: Secret) -> _Told | None:
    request = urllib.request.Request(  # noqa: S310 - the address is http(s), see the setting
        f"{base}/applications/@me",
        headers={
            "Authorization": f"Bot {token.reveal()}",
            "User-Agent": f"DiscordBot (evidence-bot, {__version__})",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=_WITHIN) as answer:  # noqa: S310
            return _Told(json.load(answer), _skew(answer.headers.get("Date")))
    except urllib.error.HTTPError as error:
        with error:
            refused = error.code in {401, 403}
            return _Told(None, _skew(error.headers.get("Date"))) if refused else None
    except (OSError, ValueError):
        return None


def _skew(date: str | None) -> float | None:
    """Seconds by which this clock is ahead of a Date header, which is cut to whole seconds."""
    try:
        return time.time() - parsedate_to_datetime(date or "").timestamp() - 0.5
    except ValueError:
        return None


def _clock(skew: float | None) -> Iterator[Finding]:
    if skew is None:
        yield note("clock", "not compared: Discord did not tell its time.")
    elif abs(skew) > _MOST_SKEW:
        where = "ahead of" if skew > 0 else "behind"
        how = "let the machine keep time (NTP), or `serve` will refuse Discord's requests as stale."
        yield mend("clock", f"{abs(skew):.0f} s {where} Discord's: {how}")
    else:
        yield ok("clock", "as Discord's")


def _portal(settings: Settings, application: dict[str, Any]) -> Iterator[Finding]:
    key = application.get("verify_key")
    if settings.discord_public_key not in {None, key}:
        how = f"copy it from the page General Information at {_PORTAL}."
        yield mend("public key", f"DISCORD_PUBLIC_KEY is another application's: {how}")
    flags = application.get("flags") or 0
    unneeded = [name for name, bits in _PRIVILEGED.items() if flags & bits]
    if unneeded:
        which = ", ".join(unneeded)
        yield note("intents", f"the portal allows more than the bot asks for ({which}): turn it off there.")
    else:
        yield ok("intents", "none that are privileged, and none are needed")
    if application.get("interactions_endpoint_url"):
        yield note("way in", "Discord sends interactions by HTTP: they reach `serve`, and `run` hears none.")
    else:
        yield note("way in", "Discord sends interactions by the gateway: they reach `run`, and not `serve`.")
