"""`python -m modcore_cli`."""

from .cli import main

main()
