"""``python -m bench``: every part, one after another."""

import importlib
import pkgutil
import sys

import bench


def main() -> None:
    """Run the ``main`` of every module here that has one, or of those named on the command line."""
    wanted = set(sys.argv[1:])
    for module in sorted(pkgutil.iter_modules(bench.__path__), key=lambda m: m.name):
        if (
            module.name.startswith("_")
            or module.name in {"report", "soak"}
            or (wanted and module.name not in wanted)
        ):
            continue
        part = importlib.import_module(f"bench.{module.name}")
        if hasattr(part, "main"):
            print(f"bench.{module.name}", flush=True)
            part.main()


if __name__ == "__main__":
    main()
