// The chip's pins, below machine.Pin. pin.c has them; LX106_SIM has its own.

#ifndef HOST_PORT_PIN_H
#define HOST_PORT_PIN_H

#include <stdbool.h>

#include "chip/pins.h"

bool pin_exists(unsigned pin);
bool pin_has_output(unsigned pin);
bool pin_has_pull(unsigned pin);
bool pin_has_interrupt(unsigned pin);

// The level at the pin, and that of its output latch.
int pin_read(unsigned pin);
int pin_read_output(unsigned pin);

// Sets the latch: the level at the pin if that is an output.
void pin_write(unsigned pin, int level);

void pin_set_mode(unsigned pin, enum pin_mode mode);
void pin_set_pull(unsigned pin, enum pin_pull pull);

// edges: bits of enum pin_edge; 0: the pin does not interrupt.
void pin_set_trigger(unsigned pin, unsigned edges);
unsigned pin_trigger(unsigned pin);

// A square wave; duty is of 65536.
void pin_set_wave(unsigned pin, unsigned hz, unsigned duty);

// A pin that has one stays at low.
void pin_end_wave(unsigned pin);

// Microvolts at the ADC's channel of the pin; an ESP8266's has no pin and is 0.
int pin_microvolts(unsigned pin);

// Called at each edge that the pin was set up for: an interrupt handler, in machine_pin.c.
void machine_pin_interrupt(unsigned pin);

#endif
