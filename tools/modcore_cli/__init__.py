"""The host side of modcore: everything that is done on a computer rather than on the device."""
