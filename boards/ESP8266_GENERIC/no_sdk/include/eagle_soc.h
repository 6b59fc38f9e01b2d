// Registers of the chip. See ../README.md.
#pragma once

#include "c_types.h"

enum {
    BIT0 = 1 << 0,
    BIT1 = 1 << 1,
    BIT2 = 1 << 2,
    BIT3 = 1 << 3,
    BIT4 = 1 << 4,
    BIT5 = 1 << 5,
    BIT6 = 1 << 6,
    BIT7 = 1 << 7,
    BIT8 = 1 << 8
};

#define APB_CLK_FREQ 80000000
#define UART_CLK_FREQ APB_CLK_FREQ

#define READ_PERI_REG(address) (*(volatile uint32_t *)(address))
#define WRITE_PERI_REG(address, value) (READ_PERI_REG(address) = (uint32_t)(value))
#define SET_PERI_REG_MASK(address, mask) WRITE_PERI_REG(address, READ_PERI_REG(address) | (mask))
#define CLEAR_PERI_REG_MASK(address, mask) WRITE_PERI_REG(address, READ_PERI_REG(address) & ~(mask))

// GPIO
#define PERIPHS_GPIO_BASEADDR 0x60000300
#define GPIO_REG_READ(offset) READ_PERI_REG(PERIPHS_GPIO_BASEADDR + (offset))
#define GPIO_REG_WRITE(offset, value) WRITE_PERI_REG(PERIPHS_GPIO_BASEADDR + (offset), value)
#define GPIO_OUT_ADDRESS 0x00
#define GPIO_OUT_W1TS_ADDRESS 0x04
#define GPIO_OUT_W1TC_ADDRESS 0x08
#define GPIO_ENABLE_ADDRESS 0x0c
#define GPIO_STATUS_ADDRESS 0x1c
#define GPIO_STATUS_W1TC_ADDRESS 0x24
#define GPIO_PIN0_ADDRESS 0x28
#define GPIO_ID_PIN(n) (n)
#define GPIO_PIN_INT_TYPE_MASK 0x380
#define GPIO_PIN_INT_TYPE_GET(pin) (((pin)&GPIO_PIN_INT_TYPE_MASK) >> 7)
#define GPIO_PIN_INT_TYPE_SET(type) (((type) << 7) & GPIO_PIN_INT_TYPE_MASK)
#define GPIO_PAD_DRIVER_ENABLE 1
#define GPIO_PIN_PAD_DRIVER_SET(driver) (((driver) << 2) & 0x4)

// Timers
#define PERIPHS_TIMER_BASEDDR 0x60000600
#define RTC_REG_READ(offset) READ_PERI_REG(PERIPHS_TIMER_BASEDDR + (offset))
#define RTC_REG_WRITE(offset, value) WRITE_PERI_REG(PERIPHS_TIMER_BASEDDR + (offset), value)
#define RTC_CLR_REG_MASK(offset, mask) CLEAR_PERI_REG_MASK(PERIPHS_TIMER_BASEDDR + (offset), mask)
#define FRC1_LOAD_ADDRESS 0x00
#define FRC1_CTRL_ADDRESS 0x08
#define FRC1_INT_ADDRESS 0x0c
#define FRC1_INT_CLR_MASK 1
#define FRC2_COUNT_ADDRESS 0x24
#define TM1_EDGE_INT_ENABLE() SET_PERI_REG_MASK(0x3ff00004, BIT1)

// RTC
#define PERIPHS_RTC_BASEADDR 0x60000700
#define RTC_GPIO_OUT (PERIPHS_RTC_BASEADDR + 0x68)
#define RTC_GPIO_ENABLE (PERIPHS_RTC_BASEADDR + 0x74)
#define RTC_GPIO_IN_DATA (PERIPHS_RTC_BASEADDR + 0x8c)
#define RTC_GPIO_CONF (PERIPHS_RTC_BASEADDR + 0x90)
#define PAD_XPD_DCDC_CONF (PERIPHS_RTC_BASEADDR + 0xa0)

// What a pin is connected to
#define PERIPHS_IO_MUX 0x60000800
#define PERIPHS_IO_MUX_MTDI_U (PERIPHS_IO_MUX + 0x04)
#define PERIPHS_IO_MUX_MTCK_U (PERIPHS_IO_MUX + 0x08)
#define PERIPHS_IO_MUX_MTMS_U (PERIPHS_IO_MUX + 0x0c)
#define PERIPHS_IO_MUX_MTDO_U (PERIPHS_IO_MUX + 0x10)
#define PERIPHS_IO_MUX_U0RXD_U (PERIPHS_IO_MUX + 0x14)
#define PERIPHS_IO_MUX_U0TXD_U (PERIPHS_IO_MUX + 0x18)
#define PERIPHS_IO_MUX_SD_CLK_U (PERIPHS_IO_MUX + 0x1c)
#define PERIPHS_IO_MUX_SD_DATA0_U (PERIPHS_IO_MUX + 0x20)
#define PERIPHS_IO_MUX_SD_DATA1_U (PERIPHS_IO_MUX + 0x24)
#define PERIPHS_IO_MUX_SD_DATA2_U (PERIPHS_IO_MUX + 0x28)
#define PERIPHS_IO_MUX_SD_DATA3_U (PERIPHS_IO_MUX + 0x2c)
#define PERIPHS_IO_MUX_SD_CMD_U (PERIPHS_IO_MUX + 0x30)
#define PERIPHS_IO_MUX_GPIO0_U (PERIPHS_IO_MUX + 0x34)
#define PERIPHS_IO_MUX_GPIO2_U (PERIPHS_IO_MUX + 0x38)
#define PERIPHS_IO_MUX_GPIO4_U (PERIPHS_IO_MUX + 0x3c)
#define PERIPHS_IO_MUX_GPIO5_U (PERIPHS_IO_MUX + 0x40)

enum {
    FUNC_U0TXD = 0,
    FUNC_GPIO0 = 0,
    FUNC_GPIO2 = 0,
    FUNC_GPIO4 = 0,
    FUNC_GPIO5 = 0,
    FUNC_U1TXD_BK = 2,
    FUNC_GPIO1 = 3,
    FUNC_GPIO3 = 3,
    FUNC_GPIO9 = 3,
    FUNC_GPIO10 = 3,
    FUNC_GPIO12 = 3,
    FUNC_GPIO13 = 3,
    FUNC_GPIO14 = 3,
    FUNC_GPIO15 = 3
};

// Bit 2 of the function is bit 8 of the register, bits 0 and 1 are bits 4 and 5.
#define PIN_FUNC_SELECT(pin, function)                                                             \
    WRITE_PERI_REG(pin, (READ_PERI_REG(pin) & ~0x130UL) | (((function)&4) << 6) |                  \
                            (((function)&3) << 4))
#define PIN_PULLUP_EN(pin) SET_PERI_REG_MASK(pin, BIT7)
#define PIN_PULLUP_DIS(pin) CLEAR_PERI_REG_MASK(pin, BIT7)
