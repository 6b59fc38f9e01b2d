// Pins. See ../README.md.
#pragma once

#include "eagle_soc.h"

#define GPIO_PIN_ADDR(n) (GPIO_PIN0_ADDRESS + (n)*4)
#define GPIO_INPUT_GET(n) ((gpio_input_get() >> (n)) & 1)

typedef enum {
    GPIO_PIN_INTR_DISABLE = 0,
    GPIO_PIN_INTR_POSEDGE = 1,
    GPIO_PIN_INTR_NEGEDGE = 2
} GPIO_INT_TYPE;

void gpio_init(void);
void gpio_output_set(uint32 set, uint32 clear, uint32 enable, uint32 disable);
uint32 gpio_input_get(void);
