// MicroPython includes it and uses nothing of it. See ../README.md.
