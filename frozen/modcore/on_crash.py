# What the firmware runs when an exception ended boot.py or main.py; it has put that into `__crash__`.
__import__("modcore.boot").boot.crashed(globals().pop("__crash__"))
