// Eight fields of a column at a time, by AVX-512.
#ifndef CSCAN_FIELDS512_H
#define CSCAN_FIELDS512_H

#include "Fields.h"
#include "Targets.h"

#if CSCAN_X86

// Eight bytes. The compiler does not see that seven more loads follow, which it would make one gather, which is slow.
CSCAN_AVX512_TARGET CSCAN_INLINE __m128i loaded(const void *place) {
  __m128i word = _mm_loadl_epi64((const __m128i *)place);
  __asm__("" : "+x"(word));
  return word;
}

CSCAN_AVX512_TARGET CSCAN_INLINE __m512i joined(
  __m128i a, __m128i b, __m128i c, __m128i d, __m128i e, __m128i f, __m128i g, __m128i h) {
  __m256i low = _mm256_set_m128i(_mm_unpacklo_epi64(c, d), _mm_unpacklo_epi64(a, b));
  __m256i high = _mm256_set_m128i(_mm_unpacklo_epi64(g, h), _mm_unpacklo_epi64(e, f));
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

// Eight fields of a column.
typedef struct {
  __m512i count;  // bytes of each
  __m512i word;   // the eight bytes that end at each one's end
} eight_fields;

// Where the ends of eight rows lie: four pointers' worth of registers, where the compiler would keep eight and have none left.
typedef struct {
  const uint32_t *first, *fifth;
  size_t columns;
} eight_ends;

CSCAN_INLINE eight_ends eight_from(const uint32_t *ends, size_t columns) {
  __asm__("" : "+r"(ends));
  const uint32_t *fifth = ends + 4 * columns;
  __asm__("" : "+r"(fifth));
  return (eight_ends){ends, fifth, columns};
}

CSCAN_INLINE const uint32_t *end_at(eight_ends ends, size_t row) {
  return row < 4 ? ends.first + row * ends.columns : ends.fifth + (row - 4) * ends.columns;
}

// Bytes of eight fields without quotes, in rows without returns.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i plain_counts(eight_ends ends) {
#define CSCAN_PAIR(row) loaded(end_at(ends, row) - 1)
  // An end lies beside the one before it, behind which the field begins.
  __m512i pairs = joined(
    CSCAN_PAIR(0), CSCAN_PAIR(1), CSCAN_PAIR(2), CSCAN_PAIR(3), CSCAN_PAIR(4), CSCAN_PAIR(5), CSCAN_PAIR(6), CSCAN_PAIR(7));
#undef CSCAN_PAIR
  __m512i begin = _mm512_maskz_add_epi32(0x5555, pairs, _mm512_set1_epi32(1));
  return _mm512_sub_epi64(_mm512_srli_epi64(pairs, 32), begin);
}

// The fields themselves. At least eight bytes stand before the first one's end.
CSCAN_AVX512_TARGET CSCAN_INLINE eight_fields plain_fields(const uint8_t *text, eight_ends ends) {
#define CSCAN_WORD(row) loaded(text + *end_at(ends, row) - 8)
  __m512i words = joined(
    CSCAN_WORD(0), CSCAN_WORD(1), CSCAN_WORD(2), CSCAN_WORD(3), CSCAN_WORD(4), CSCAN_WORD(5), CSCAN_WORD(6), CSCAN_WORD(7));
#undef CSCAN_WORD
  return (eight_fields){plain_counts(ends), words};
}

// Any fields. At least eight bytes stand before each one's end.
CSCAN_AVX512_TARGET CSCAN_INLINE eight_fields any_fields(const cscan_block *block, size_t row, size_t column) {
  uint64_t counts[8];
  __m128i words[8];
  for (size_t i = 0; i < 8; i++) {
    field f = field_at(block, row + i, column);
    counts[i] = f.count;
    words[i] = loaded(f.text + f.count - 8);
  }
  return (eight_fields){
    _mm512_loadu_si512(counts),
    joined(words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7])};
}

// The first row from `from` on before whose field's end there are sixteen bytes of the block, so eight without quote and return.
CSCAN_INLINE size_t first_with_sixteen(const cscan_block *block, size_t column, size_t from) {
  size_t row = from;
  while (row < block->rows && block->ends[row * block->columns + column] < 16) row++;
  return row;
}

#endif

#endif
