// CRC-64/XZ: reflected, the remainder by x^64 + x^62 + ... + 1, written 0xC96C5795D7870F42 with the lowest power highest.
#include "CHash.h"
#include "CHashFolding.h"

#include <stddef.h>
#include <string.h>

#define CHASH_POLYNOMIAL 0xC96C5795D7870F42ull

#if defined(__x86_64__)
#define CHASH_FOLDS 1
static int has_folding(void) { return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"); }
#else
#define CHASH_FOLDS 0
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

#if CHASH_FOLDS
// What `folded` is some bits later, where `next` is found.
__attribute__((target("pclmul,sse4.1"))) static inline __m128i carried(__m128i folded, __m128i powers, __m128i next) {
  __m128i low = _mm_clmulepi64_si128(folded, powers, 0x00), high = _mm_clmulepi64_si128(folded, powers, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// Sixteen bytes each, then those from `bytes` on.
__attribute__((target("pclmul,sse4.1"))) static uint64_t remainder_of_folded(
  const __m128i *folded, int number, const uint8_t *bytes, size_t count) {
  __m128i one = folded[0];
  for (int i = 1; i < number; i++) one = carried(one, CHASH_128, folded[i]);
  for (; count >= 16; bytes += 16, count -= 16)
    one = carried(one, CHASH_128, _mm_loadu_si128((const __m128i *)bytes));
  uint8_t last[16];
  memcpy(last, &one, sizeof last);
  return remainder_by_table(remainder_by_table(0, last, sizeof last), bytes, count);
}

__attribute__((target("pclmul,sse4.1"))) static uint64_t remainder_by_128(
  uint64_t rest, const uint8_t *bytes, size_t count) {
  __m128i folded[8];
  for (int i = 0; i < 8; i++) folded[i] = _mm_loadu_si128((const __m128i *)bytes + i);
  folded[0] = _mm_xor_si128(folded[0], _mm_set_epi64x(0, (long long)rest));
  size_t at = 128;
  for (; at + 128 <= count; at += 128)
    for (int i = 0; i < 8; i++)
      folded[i] = carried(folded[i], CHASH_1024, _mm_loadu_si128((const __m128i *)(bytes + at) + i));
  return remainder_of_folded(folded, 8, bytes + at, count - at);
}

CHASH_FOLDING_TARGET static uint64_t remainder_of_folding(const chash_folding *folding, const uint8_t *bytes, size_t count) {
  const __m512i near = _mm512_broadcast_i32x4(CHASH_512);
  __m512i last = folding->part[0];
  for (int i = 1; i < 4; i++) last = chash_carried(last, near, folding->part[i]);
  for (; count >= 64; bytes += 64, count -= 64) last = chash_carried(last, near, _mm512_loadu_si512(bytes));
  return remainder_of_folded((const __m128i *)&last, 4, bytes, count);
}

CHASH_FOLDING_TARGET static uint64_t remainder_by_512(uint64_t rest, const uint8_t *bytes, size_t count) {
  chash_folding folding = chash_begin_folding(~rest, bytes);
  size_t at = 256;
  for (; at + 256 <= count; at += 256)
    for (int i = 0; i < 4; i++) chash_fold(&folding, i, _mm512_loadu_si512(bytes + at + 64 * i));
  return remainder_of_folding(&folding, bytes + at, count - at);
}

uint64_t chash_end_folding(const chash_folding *folding, const uint8_t *bytes, size_t count) {
  return ~remainder_of_folding(folding, bytes, count);
}

__attribute__((target("pclmul,sse4.1"))) static uint64_t remainder_of_few(uint64_t rest, const uint8_t *bytes, size_t count) {
  __m128i first = _mm_xor_si128(_mm_loadu_si128((const __m128i *)bytes), _mm_set_epi64x(0, (long long)rest));
  return remainder_of_folded(&first, 1, bytes + 16, count - 16);
}
#endif

static uint64_t remainder_of(uint64_t rest, const uint8_t *bytes, size_t count) {
#if CHASH_FOLDS
  if (count >= 512 && has_folding())
    return chash_folds_by_512() ? remainder_by_512(rest, bytes, count) : remainder_by_128(rest, bytes, count);
  if (count >= 64 && has_folding()) return remainder_of_few(rest, bytes, count);
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

// x^8, and each the square of the one before; and those divided by x^65.
static uint64_t squares[64], divided[64];

__attribute__((constructor)) static void fill_squares(void) {
  squares[0] = 1ull << 55;
  for (int i = 1; i < 64; i++) squares[i] = product(squares[i - 1], squares[i - 1]);
  for (int i = 0; i < 64; i++) {
    uint64_t power = squares[i];
    for (int bit = 0; bit < 65; bit++) power = power >> 63 ? (power ^ CHASH_POLYNOMIAL) << 1 | 1 : power << 1;
    divided[i] = power;
  }
}

#if CHASH_FOLDS
// a x^65 b by the polynomial: the product of two reflected polynomials has one bit less than twice theirs, which is a factor x,
// and what 16 bytes leave is theirs times x^64.
__attribute__((target("pclmul,sse4.1"))) static uint64_t folded_product(uint64_t a, uint64_t b) {
  __m128i both = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)a), _mm_cvtsi64_si128((long long)b), 0);
  uint8_t bytes[16];
  memcpy(bytes, &both, sizeof bytes);
  return remainder_by_table(0, bytes, sizeof bytes);
}
#endif

// a x^(8 2^i).
static uint64_t shifted(uint64_t a, int i) {
#if CHASH_FOLDS
  if (has_folding()) return folded_product(a, divided[i]);
#endif
  return product(squares[i], a);
}

uint64_t chash_crc64_joined(uint64_t first, uint64_t second, uint64_t count) {
  // first x^(8 count).
  for (int i = 0; count; i++, count >>= 1)
    if (count & 1) first = shifted(first, i);
  return first ^ second;
}
