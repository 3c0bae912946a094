"""`python -m limner.agent` is the `limner` command."""

from limner.agent.surfaces.cli import main

main()
