"""WindUp and other MicroPython web servers side by side on one HOST firmware."""
