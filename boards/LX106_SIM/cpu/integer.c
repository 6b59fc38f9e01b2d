// Integer arithmetic that the compiler calls and the processor lacks. The chip has it in ROM.

#include <stdint.h>

uint32_t __udivsi3(uint32_t dividend, uint32_t divisor);
uint32_t __umodsi3(uint32_t dividend, uint32_t divisor);
int32_t __divsi3(int32_t dividend, int32_t divisor);
uint64_t __umulsidi3(uint32_t a, uint32_t b);
uint64_t __muldi3(uint64_t a, uint64_t b);
uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
int64_t __divdi3(int64_t dividend, int64_t divisor);

// In Debian's libgcc.
uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder);
int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder);

// Part of each of its users, as in ROM, where none calls another.
static inline __attribute__((always_inline)) uint32_t divide(uint32_t dividend, uint32_t divisor,
                                                             uint32_t *remainder) {
    uint32_t quotient = 0;
    if (divisor == 0) {
        __builtin_trap(); // the ROM's raises an exception too
    }
    if (dividend >= divisor) {
        int shift = __builtin_clz(divisor) - __builtin_clz(dividend);
        divisor <<= shift;
        for (; shift >= 0; shift--) {
            quotient <<= 1;
            if (dividend >= divisor) {
                dividend -= divisor;
                quotient |= 1;
            }
            divisor >>= 1;
        }
    }
    *remainder = dividend;
    return quotient;
}

uint32_t __udivsi3(uint32_t dividend, uint32_t divisor) {
    uint32_t remainder;
    return divide(dividend, divisor, &remainder);
}

uint32_t __umodsi3(uint32_t dividend, uint32_t divisor) {
    uint32_t remainder;
    divide(dividend, divisor, &remainder);
    return remainder;
}

int32_t __divsi3(int32_t dividend, int32_t divisor) {
    uint32_t remainder;
    uint32_t quotient = divide(dividend < 0 ? -(uint32_t)dividend : (uint32_t)dividend,
                               divisor < 0 ? -(uint32_t)divisor : (uint32_t)divisor, &remainder);
    return (int32_t)((dividend ^ divisor) < 0 ? -quotient : quotient);
}

// Of 32 by 32 bits the processor gives the lower 32: multiply halves.
uint64_t __umulsidi3(uint32_t a, uint32_t b) {
    uint32_t a_low = a & 0xffff, a_high = a >> 16;
    uint32_t b_low = b & 0xffff, b_high = b >> 16;
    uint32_t low = a_low * b_low;
    uint32_t middle = a_high * b_low + (low >> 16);
    uint32_t other = a_low * b_high + (middle & 0xffff);
    uint32_t high = a_high * b_high + (middle >> 16) + (other >> 16);
    return (uint64_t)high << 32 | other << 16 | (low & 0xffff);
}

uint64_t __muldi3(uint64_t a, uint64_t b) {
    uint32_t a_low = (uint32_t)a, a_high = (uint32_t)(a >> 32);
    uint32_t b_low = (uint32_t)b, b_high = (uint32_t)(b >> 32);
    return __umulsidi3(a_low, b_low) + ((uint64_t)(a_low * b_high + a_high * b_low) << 32);
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor) {
    return __udivmoddi4(dividend, divisor, (uint64_t *)0);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor) {
    uint64_t remainder;
    __udivmoddi4(dividend, divisor, &remainder);
    return remainder;
}

int64_t __divdi3(int64_t dividend, int64_t divisor) {
    int64_t remainder;
    return __divmoddi4(dividend, divisor, &remainder);
}
