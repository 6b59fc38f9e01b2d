// Single-precision arithmetic that the compiler calls and Debian's libgcc lacks. The chip has it in
// ROM. IEEE 754, rounding to the nearest, ties to even; a NaN in gives a quiet NaN out.

#include <stdint.h>

typedef union {
    float value;
    uint32_t bits;
} single_t;

#define SIGN (0x80000000u)
#define INFINITY_BITS (0x7f800000u)
#define QUIET_NAN (0x7fc00000u)
#define EXPONENT_MAX (255)
#define EXPONENT_BIAS (127)
#define FRACTION_BITS (23)
#define HIDDEN_BIT (1u << FRACTION_BITS)

// While it is worked on, a significand has its leading one in bit 30 and room for a carry above.
// What falls off its lower end is kept in bit 0, which only rounding looks at.
#define LEADING_BIT (1u << 30)
#define GUARD_BITS (30 - FRACTION_BITS)
#define HALF (1u << (GUARD_BITS - 1))
#define GUARD_MASK ((1u << GUARD_BITS) - 1)

float __addsf3(float a, float b);
float __subsf3(float a, float b);
float __mulsf3(float a, float b);
float __floatsisf(int32_t number);
float __floatunsisf(uint32_t number);
uint32_t __fixunssfsi(float number);

static float from_bits(uint32_t bits) {
    single_t single = {.bits = bits};
    return single.value;
}

static uint32_t to_bits(float value) {
    single_t single = {.value = value};
    return single.bits;
}

static int exponent_of(uint32_t bits) {
    return bits >> FRACTION_BITS & EXPONENT_MAX;
}

static int is_nan(uint32_t bits) {
    return (bits & ~SIGN) > INFINITY_BITS;
}

static uint32_t shift_right_sticky(uint32_t significand, int count) {
    if (count > 31) {
        return significand != 0;
    }
    uint32_t lost = significand & ((1u << count) - 1);
    return significand >> count | (lost != 0);
}

// Moves the leading one to its place from further down, as after a difference.
static uint32_t normalise(uint32_t significand, int *exponent) {
    int shift = significand == 0 ? 0 : __builtin_clz(significand) - 1;
    *exponent -= shift;
    return significand << shift;
}

// Normalises, rounds and packs: significand * 2^(exponent - EXPONENT_BIAS - 30).
static float pack(uint32_t sign, int exponent, uint32_t significand) {
    if (significand == 0) {
        return from_bits(sign);
    }
    if (significand >= 2 * LEADING_BIT) {
        significand = shift_right_sticky(significand, 1);
        exponent++;
    } else {
        significand = normalise(significand, &exponent);
    }
    if (exponent >= EXPONENT_MAX) {
        return from_bits(sign | INFINITY_BITS);
    }
    if (exponent <= 0) {
        significand = shift_right_sticky(significand, 1 - exponent);
        exponent = 0;
    }
    uint32_t guard = significand & GUARD_MASK;
    uint32_t fraction = significand >> GUARD_BITS;
    // Subnormal numbers have no hidden bit; of others it adds the one that is missing here.
    uint32_t bits =
        exponent == 0 ? fraction : ((uint32_t)(exponent - 1) << FRACTION_BITS) + fraction;
    if (guard > HALF || (guard == HALF && (bits & 1))) {
        bits++; // a carry into the exponent, up to infinity, is what it should be
    }
    return from_bits(sign | bits);
}

// The significand of a finite number; a subnormal one has the exponent 1.
static uint32_t unpack(uint32_t bits, int *exponent) {
    uint32_t fraction = bits & (HIDDEN_BIT - 1);
    *exponent = exponent_of(bits);
    if (*exponent == 0) {
        *exponent = 1;
    } else {
        fraction |= HIDDEN_BIT;
    }
    return fraction << GUARD_BITS;
}

static uint32_t unpack_normal(uint32_t bits, int *exponent) {
    uint32_t significand = unpack(bits, exponent);
    return normalise(significand, exponent);
}

static float add(uint32_t a, uint32_t b) {
    if ((a & ~SIGN) < (b & ~SIGN)) {
        uint32_t smaller = a;
        a = b;
        b = smaller;
    }
    // From here on a is the larger one.
    if (is_nan(a)) {
        return from_bits(QUIET_NAN);
    }
    if (exponent_of(a) == EXPONENT_MAX) {
        return from_bits(a == (b ^ SIGN) ? QUIET_NAN : a);
    }
    int exponent, b_exponent;
    uint32_t significand = unpack(a, &exponent);
    uint32_t other = unpack(b, &b_exponent);
    other = shift_right_sticky(other, exponent - b_exponent);
    if (((a ^ b) & SIGN) == 0) {
        return pack(a & SIGN, exponent, significand + other);
    }
    // What cancels out is a positive zero.
    return pack(significand == other ? 0 : a & SIGN, exponent, significand - other);
}

float __addsf3(float a, float b) {
    return add(to_bits(a), to_bits(b));
}

float __subsf3(float a, float b) {
    uint32_t bits = to_bits(b);
    return add(to_bits(a), is_nan(bits) ? bits : bits ^ SIGN);
}

float __mulsf3(float a_value, float b_value) {
    uint32_t a = to_bits(a_value), b = to_bits(b_value);
    uint32_t sign = (a ^ b) & SIGN;
    if (is_nan(a) || is_nan(b)) {
        return from_bits(QUIET_NAN);
    }
    if (exponent_of(a) == EXPONENT_MAX || exponent_of(b) == EXPONENT_MAX) {
        return from_bits((a & ~SIGN) == 0 || (b & ~SIGN) == 0 ? QUIET_NAN : sign | INFINITY_BITS);
    }
    int a_exponent, b_exponent;
    uint64_t product = (uint64_t)unpack_normal(a, &a_exponent) * unpack_normal(b, &b_exponent);
    uint32_t lost = (uint32_t)product & (LEADING_BIT - 1);
    return pack(sign, a_exponent + b_exponent - EXPONENT_BIAS,
                (uint32_t)(product >> 30) | (lost != 0));
}

float __floatunsisf(uint32_t number) {
    return pack(0, EXPONENT_BIAS + 30, number);
}

float __floatsisf(int32_t number) {
    uint32_t magnitude = number < 0 ? -(uint32_t)number : (uint32_t)number;
    return pack(number < 0 ? SIGN : 0, EXPONENT_BIAS + 30, magnitude);
}

uint32_t __fixunssfsi(float value) {
    uint32_t bits = to_bits(value);
    int shift = exponent_of(bits) - EXPONENT_BIAS - FRACTION_BITS;
    uint32_t fraction = (bits & (HIDDEN_BIT - 1)) | HIDDEN_BIT;
    if ((bits & SIGN) || shift < -FRACTION_BITS) {
        return 0;
    }
    if (shift > 31 - FRACTION_BITS) {
        return UINT32_MAX;
    }
    return shift < 0 ? fraction >> -shift : fraction << shift;
}

// Doubles: MicroPython reads, writes and packs them, and calculates with none.

typedef union {
    double value;
    uint64_t bits;
} double_t;

#define DOUBLE_EXPONENT_MAX (2047)
#define DOUBLE_EXPONENT_BIAS (1023)
#define DOUBLE_FRACTION_BITS (52)
#define DOUBLE_HIDDEN_BIT (1ull << DOUBLE_FRACTION_BITS)
#define DOUBLE_LOST_BITS (DOUBLE_FRACTION_BITS - 30)

double __extendsfdf2(float value);
double __floatsidf(int32_t number);
float __truncdfsf2(double value);

// significand, with its leading one in bit 30 or zero, * 2^(exponent - EXPONENT_BIAS - 30).
static double pack_double(uint32_t sign, int exponent, uint32_t significand) {
    double_t result = {.bits = (uint64_t)sign << 32};
    if (significand != 0) {
        int biased = exponent - EXPONENT_BIAS + DOUBLE_EXPONENT_BIAS;
        result.bits |= (uint64_t)biased << DOUBLE_FRACTION_BITS;
        result.bits |= ((uint64_t)significand << DOUBLE_LOST_BITS) & (DOUBLE_HIDDEN_BIT - 1);
    }
    return result.value;
}

double __extendsfdf2(float value) {
    uint32_t bits = to_bits(value);
    if (exponent_of(bits) == EXPONENT_MAX) {
        double_t result = {.bits = (uint64_t)(bits & SIGN) << 32};
        result.bits |= (uint64_t)DOUBLE_EXPONENT_MAX << DOUBLE_FRACTION_BITS;
        result.bits |= is_nan(bits) ? DOUBLE_HIDDEN_BIT >> 1 : 0;
        return result.value;
    }
    int exponent;
    uint32_t significand = unpack_normal(bits, &exponent);
    return pack_double(bits & SIGN, exponent, significand);
}

double __floatsidf(int32_t number) {
    uint32_t magnitude = number < 0 ? -(uint32_t)number : (uint32_t)number;
    if (magnitude == SIGN) {
        return pack_double(SIGN, EXPONENT_BIAS + 31, LEADING_BIT);
    }
    int exponent = EXPONENT_BIAS + 30;
    uint32_t significand = normalise(magnitude, &exponent);
    return pack_double(number < 0 ? SIGN : 0, exponent, significand);
}

float __truncdfsf2(double value) {
    double_t number = {.value = value};
    uint32_t sign = (uint32_t)(number.bits >> 32) & SIGN;
    int exponent = (int)(number.bits >> DOUBLE_FRACTION_BITS) & DOUBLE_EXPONENT_MAX;
    uint64_t fraction = number.bits & (DOUBLE_HIDDEN_BIT - 1);
    if (exponent == DOUBLE_EXPONENT_MAX) {
        return from_bits(fraction != 0 ? QUIET_NAN : sign | INFINITY_BITS);
    }
    if (exponent == 0) {
        return from_bits(sign); // far below the smallest single
    }
    uint32_t lost = (uint32_t)fraction & ((1u << DOUBLE_LOST_BITS) - 1);
    uint32_t significand = (uint32_t)((fraction | DOUBLE_HIDDEN_BIT) >> DOUBLE_LOST_BITS);
    return pack(sign, exponent - DOUBLE_EXPONENT_BIAS + EXPONENT_BIAS, significand | (lost != 0));
}
