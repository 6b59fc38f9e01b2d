# What the firmware runs before boot.py, in `__main__`. It leaves by SystemExit when what is the user's must not run.
__crash__ = None
if __import__("modcore.boot").boot.begin():
    raise SystemExit
