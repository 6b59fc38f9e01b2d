# What the firmware runs before boot.py, in `__main__`. It leaves by SystemExit when what is the user's must not run.
__crash__ = None
__import__("modcore.boot").boot.begin()
if __import__("modcore.boot").boot.safe:
    raise SystemExit
