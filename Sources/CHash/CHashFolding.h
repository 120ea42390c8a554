// CRC-64/XZ by folding, 256 bytes at a time, for loops that look at the bytes for something else too.
//
// Folding: 128 bits are carried over a distance by two products with powers of x, which are congruent to them there.
// Source: Gopal et al. (2009), "Fast CRC computation for generic polynomials using PCLMULQDQ", Intel white paper.
#ifndef VERDICT_CHASH_FOLDING_H
#define VERDICT_CHASH_FOLDING_H

#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define CHASH_FOLDING_TARGET __attribute__((target("vpclmulqdq,avx512f")))
#define CHASH_FOLDING_INLINE static inline __attribute__((always_inline))

// Reflected powers of x by the polynomial: for a distance of d bits d + 63 and d - 1.
#define CHASH_POWERS(high, low) _mm_set_epi64x((long long)(low), (long long)(high))
#define CHASH_128 CHASH_POWERS(0xe05dd497ca393ae4ull, 0xdabe95afc7875f40ull)
#define CHASH_512 CHASH_POWERS(0x6ae3efbb9dd441f3ull, 0x081f6054a7842df4ull)
#define CHASH_1024 CHASH_POWERS(0x8757d71d4fcc1000ull, 0xd7d86b2af73de740ull)
#define CHASH_2048 CHASH_POWERS(0x8260adf2381ad81cull, 0xf31fd9271e228b79ull)

static inline int chash_folds_by_512(void) {
  return __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx512f");
}

// 256 bytes that stand for all before them.
typedef struct {
  __m512i part[4];
} chash_folding;

// What `folded` is some bits later, where `next` is found.
CHASH_FOLDING_TARGET CHASH_FOLDING_INLINE __m512i chash_carried(__m512i folded, __m512i powers, __m512i next) {
  __m512i low = _mm512_clmulepi64_epi128(folded, powers, 0x00), high = _mm512_clmulepi64_epi128(folded, powers, 0x11);
  return _mm512_ternarylogic_epi64(low, high, next, 0x96);
}

// The first 256 bytes behind those that have `crc`.
CHASH_FOLDING_TARGET CHASH_FOLDING_INLINE chash_folding chash_begin_folding(uint64_t crc, const uint8_t *bytes) {
  chash_folding folding;
  for (int i = 0; i < 4; i++) folding.part[i] = _mm512_loadu_si512(bytes + 64 * i);
  __m512i before = _mm512_zextsi128_si512(_mm_set_epi64x(0, (long long)~crc));
  folding.part[0] = _mm512_xor_si512(folding.part[0], before);
  return folding;
}

// The next 64 of 256 bytes: the i-th.
CHASH_FOLDING_TARGET CHASH_FOLDING_INLINE void chash_fold(chash_folding *folding, int i, __m512i bytes) {
  folding->part[i] = chash_carried(folding->part[i], _mm512_broadcast_i32x4(CHASH_2048), bytes);
}

// The CRC when `count` bytes follow those that were folded.
uint64_t chash_end_folding(const chash_folding *folding, const uint8_t *bytes, size_t count);

#endif

#endif
