"""The second way in from Discord: its HTTP interactions endpoint, as an ASGI app that keeps nothing.

The same front answers as on the gateway (:mod:`bot.chat.discord`); here is only what HTTP adds: who may
speak, how much, for how long.
"""
