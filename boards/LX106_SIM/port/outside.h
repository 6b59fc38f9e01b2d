// The circuit at the pins, as the lx106 module moves it.

#ifndef LX106_PORT_OUTSIDE_H
#define LX106_PORT_OUTSIDE_H

#define OUTSIDE_OPEN (-1)

// Drives a pin that exists to 0 or 1, or lets go of it.
void outside_drive(unsigned pin, int level);

// The voltage at the ADC.
void outside_set_microvolts(int voltage);

#endif
