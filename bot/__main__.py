"""``python -m bot``: the same as ``evidence-bot``."""

from bot.cli import main

main()
