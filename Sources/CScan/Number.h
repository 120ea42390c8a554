// Numbers as they are written: how a field becomes a double. Every result is the double nearest to the decimal, ties to even;
// what these functions leave (0) goes to the definition, FieldParsing in Sources/Tables.
#ifndef CSCAN_NUMBER_H
#define CSCAN_NUMBER_H

#include "CScan.h"

#include <string.h>

#define CSCAN_INLINE static inline __attribute__((always_inline))
#define CSCAN_EACH(byte) (0x0101010101010101ull * (byte))

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CSCAN_WORDWISE 1
#else
#define CSCAN_WORDWISE 0
#endif

// Whether all eight bytes are digits.
CSCAN_INLINE int eight_digits(uint64_t word) {
  return (((word & CSCAN_EACH(0xF0)) ^ CSCAN_EACH(0x30)) | (((word + CSCAN_EACH(0x06)) & CSCAN_EACH(0xF0)) ^ CSCAN_EACH(0x30))) == 0;
}

// The number that eight digits make, the first in the lowest byte: pairs, then fours, then all.
CSCAN_INLINE uint64_t value_of_eight(uint64_t word) {
  word = (word & CSCAN_EACH(0x0F)) * 2561 >> 8;
  word = (word & 0x00FF00FF00FF00FFull) * 6553601 >> 16;
  return (word & 0x0000FFFF0000FFFFull) * 42949672960001ull >> 32;
}

// Powers of ten that a double holds exactly.
static const double cscan_powers[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// The double nearest to digits * 10^exponent. 0 if neither way below is sure of it.
int cscan_scaled(uint64_t digits, int exponent, double *value);

// With at most 53 bits of digits and a power of ten up to 22 both factors are exact, so that one operation rounds correctly.
// - Source: Clinger (1990), "How to read floating point numbers accurately", PLDI.
CSCAN_INLINE int scaled(uint64_t digits, int exponent, double *value) {
  if (digits >= 1ull << 53 || exponent < -22 || exponent > 22) return cscan_scaled(digits, exponent, value);
  double magnitude = (double)(int64_t)digits;
  if (exponent < 0) {
    magnitude /= cscan_powers[-exponent];
  } else if (exponent > 0) {
    magnitude *= cscan_powers[exponent];
  }
  *value = magnitude;
  return 1;
}

// Adds the digits from `at` on to `digits` and returns where they end.
CSCAN_INLINE const uint8_t *gathered(const uint8_t *at, const uint8_t *end, uint64_t *digits) {
  uint64_t word, sum = *digits;
  while (CSCAN_WORDWISE && end - at >= 8) {
    memcpy(&word, at, 8);
    if (!eight_digits(word)) break;
    sum = sum * 100000000 + value_of_eight(word);
    at += 8;
  }
  for (; at < end && (uint8_t)(*at - '0') < 10; at++) sum = sum * 10 + (uint8_t)(*at - '0');
  *digits = sum;
  return at;
}

// text[0..<count], count > 0: an optional minus, digits and at most one point, of digits at most 19, and an optional exponent
// of at most three digits.
CSCAN_INLINE int decimal(const uint8_t *text, size_t count, double *value) {
  const uint8_t *at = text, *end = text + count;
  int negative = *at == '-';
  at += negative;
  uint64_t digits = 0;
  const uint8_t *first = at;
  at = gathered(at, end, &digits);
  size_t written = (size_t)(at - first);
  int exponent = 0;
  if (at < end && *at == '.') {
    first = ++at;
    at = gathered(at, end, &digits);
    written += (size_t)(at - first);
    exponent = (int)(first - at);
  }
  // A sign or a point alone is no number; twenty digits may be too many for 64 bits.
  if (written == 0 || written > 19) return 0;
  if (at < end) {
    if ((*at | 0x20) != 'e') return 0;
    at++;
    int below = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (at == end || end - at > 3) return 0;
    int more = 0;
    for (; at < end; at++) {
      uint8_t digit = (uint8_t)(*at - '0');
      if (digit > 9) return 0;
      more = more * 10 + digit;
    }
    exponent += below ? -more : more;
  }
  double magnitude;
  if (!scaled(digits, exponent, &magnitude)) return 0;
  *value = negative ? -magnitude : magnitude;
  return 1;
}

// The same without an exponent for at most eight bytes, of which eight can be read; without a loop. Little-endian.
CSCAN_INLINE int short_decimal(const uint8_t *text, size_t count, double *value) {
  uint64_t word;
  memcpy(&word, text, 8);
  uint64_t negative = (word & 0xFF) == '-';
  word ^= negative * ('-' ^ '0');
  // The last byte goes to the top, digits 0 before the first.
  unsigned shift = 8 * (8 - (unsigned)count);
  word = word << shift | (CSCAN_EACH(0x30) & ~(~0ull << shift));
  uint64_t other = word ^ CSCAN_EACH('.');
  uint64_t points = (other - CSCAN_EACH(0x01)) & ~other & CSCAN_EACH(0x80);
  size_t fraction = 0, digits = count - negative;
  if (points) {
    unsigned point = (unsigned)__builtin_ctzll(points) & ~7u;
    uint64_t before = word & ((1ull << point) - 1);
    // Above the point as it is, below it one byte up.
    word = (word & (~0xFFull << point)) | before << 8 | '0';
    fraction = 7 - point / 8;
    digits--;
  }
  if (digits == 0 || !eight_digits(word)) return 0;
  double magnitude = (double)(int64_t)value_of_eight(word);
  if (fraction) magnitude /= cscan_powers[fraction];
  *value = negative ? -magnitude : magnitude;
  return 1;
}

#endif
