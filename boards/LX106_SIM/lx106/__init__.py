"""The computer's side of LX106_SIM: starts QEMU, and is the network, console and flash of the program in it."""
