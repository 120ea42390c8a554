// CRC-64/XZ: reflected, the remainder by x^64 + x^62 + ... + 1, written 0xC96C5795D7870F42 with the lowest power highest.
#include "CHash.h"

#include <stddef.h>
#include <string.h>

#define CHASH_POLYNOMIAL 0xC96C5795D7870F42ull

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// What eight bytes that are shifted out leave, by byte and place.
static uint64_t table[8][256];

__attribute__((constructor)) static void fill_table(void) {
  for (unsigned byte = 0; byte < 256; byte++) {
    uint64_t rest = byte;
    for (int bit = 0; bit < 8; bit++) rest = rest >> 1 ^ (rest & 1 ? CHASH_POLYNOMIAL : 0);
    table[0][byte] = rest;
  }
  for (unsigned byte = 0; byte < 256; byte++)
    for (int place = 1; place < 8; place++)
      table[place][byte] = table[place - 1][byte] >> 8 ^ table[0][table[place - 1][byte] & 0xFF];
}

// The remainder alone, nothing inverted.
static uint64_t remainder_by_table(uint64_t rest, const uint8_t *bytes, size_t count) {
  size_t at = 0;
  for (; at + 8 <= count; at += 8) {
    uint64_t sum = 0;
    for (int place = 0; place < 8; place++) sum ^= table[7 - place][(uint8_t)(rest >> 8 * place) ^ bytes[at + place]];
    rest = sum;
  }
  for (; at < count; at++) rest = rest >> 8 ^ table[0][(uint8_t)rest ^ bytes[at]];
  return rest;
}

#if defined(__x86_64__)
// Folding: 128 bits are carried over a distance by two products with powers of x, which are congruent to them there.
// - Source: Gopal et al. (2009), "Fast CRC computation for generic polynomials using PCLMULQDQ", Intel white paper.
// Reflected powers of x by the polynomial: 1087 and 1023 for a distance of 1024 bits, 2111 and 2047 for 2048.
__attribute__((target("pclmul,sse4.1"))) static uint64_t remainder_by_128(
  uint64_t rest, const uint8_t *bytes, size_t count) {
  const __m128i powers = _mm_set_epi64x((long long)0xd7d86b2af73de740ull, (long long)0x8757d71d4fcc1000ull);
  __m128i folded[8];
  for (int i = 0; i < 8; i++) folded[i] = _mm_loadu_si128((const __m128i *)bytes + i);
  folded[0] = _mm_xor_si128(folded[0], _mm_set_epi64x(0, (long long)rest));
  size_t at = 128;
  for (; at + 128 <= count; at += 128)
    for (int i = 0; i < 8; i++) {
      __m128i low = _mm_clmulepi64_si128(folded[i], powers, 0x00), high = _mm_clmulepi64_si128(folded[i], powers, 0x11);
      folded[i] = _mm_xor_si128(_mm_xor_si128(low, high), _mm_loadu_si128((const __m128i *)(bytes + at) + i));
    }
  uint8_t last[128];
  memcpy(last, folded, sizeof last);
  return remainder_by_table(remainder_by_table(0, last, sizeof last), bytes + at, count - at);
}

__attribute__((target("vpclmulqdq,avx512f"))) static uint64_t remainder_by_512(
  uint64_t rest, const uint8_t *bytes, size_t count) {
  const __m512i powers = _mm512_broadcast_i32x4(
    _mm_set_epi64x((long long)0xf31fd9271e228b79ull, (long long)0x8260adf2381ad81cull));
  __m512i folded[4];
  for (int i = 0; i < 4; i++) folded[i] = _mm512_loadu_si512(bytes + 64 * i);
  folded[0] = _mm512_xor_si512(
    folded[0], _mm512_zextsi128_si512(_mm_set_epi64x(0, (long long)rest)));
  size_t at = 256;
  for (; at + 256 <= count; at += 256)
    for (int i = 0; i < 4; i++) {
      __m512i low = _mm512_clmulepi64_epi128(folded[i], powers, 0x00);
      __m512i high = _mm512_clmulepi64_epi128(folded[i], powers, 0x11);
      folded[i] = _mm512_ternarylogic_epi64(low, high, _mm512_loadu_si512(bytes + at + 64 * i), 0x96);
    }
  uint8_t last[256];
  memcpy(last, folded, sizeof last);
  return remainder_by_table(remainder_by_table(0, last, sizeof last), bytes + at, count - at);
}
#endif

static uint64_t remainder_of(uint64_t rest, const uint8_t *bytes, size_t count) {
#if defined(__x86_64__)
  if (count >= 512) {
    if (__builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx512f"))
      return remainder_by_512(rest, bytes, count);
    if (__builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"))
      return remainder_by_128(rest, bytes, count);
  }
#endif
  return remainder_by_table(rest, bytes, count);
}

uint64_t chash_crc64(uint64_t crc, const uint8_t *bytes, size_t count) { return ~remainder_of(~crc, bytes, count); }

uint64_t chash_crc64_portable(uint64_t crc, const uint8_t *bytes, size_t count) {
  return ~remainder_by_table(~crc, bytes, count);
}

// a b by the polynomial; the highest bit is 1.
static uint64_t product(uint64_t a, uint64_t b) {
  uint64_t sum = 0;
  for (; a; a <<= 1) {
    if (a >> 63) sum ^= b;
    b = b >> 1 ^ (b & 1 ? CHASH_POLYNOMIAL : 0);
  }
  return sum;
}

// x^8, and each the square of the one before.
static uint64_t squares[64];

__attribute__((constructor)) static void fill_squares(void) {
  squares[0] = 1ull << 55;
  for (int i = 1; i < 64; i++) squares[i] = product(squares[i - 1], squares[i - 1]);
}

uint64_t chash_crc64_joined(uint64_t first, uint64_t second, uint64_t count) {
  // first x^(8 count).
  for (int i = 0; count; i++, count >>= 1)
    if (count & 1) first = product(squares[i], first);
  return first ^ second;
}
