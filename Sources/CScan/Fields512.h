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

// Where a field ends.
#define CSCAN_AT(text, span) ((text) + ((span) & CSCAN_SPAN_END))

// Eight bytes of each of eight fields, which begin `back` bytes before its end.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i eight_words(const uint8_t *text, const cscan_span *spans, size_t back) {
#define CSCAN_WORD(i) loaded(CSCAN_AT(text - back, spans[i]))
  return joined(
    CSCAN_WORD(0), CSCAN_WORD(1), CSCAN_WORD(2), CSCAN_WORD(3), CSCAN_WORD(4), CSCAN_WORD(5), CSCAN_WORD(6),
    CSCAN_WORD(7));
#undef CSCAN_WORD
}

// Eight fields. At least eight bytes stand before each one's end.
CSCAN_AVX512_TARGET CSCAN_INLINE eight_fields eight_at(const uint8_t *text, const cscan_span *spans) {
  __m256i counts = _mm256_srli_epi32(_mm256_loadu_si256((const __m256i *)spans), 24);
  return (eight_fields){_mm512_cvtepu32_epi64(counts), eight_words(text, spans, 8)};
}

// The first row from `from` on before whose field's end there are sixteen bytes of the block.
CSCAN_INLINE size_t first_with_sixteen(const cscan_block *block, const cscan_span *spans, size_t from) {
  size_t row = from;
  while (row < block->rows && (spans[row] & CSCAN_SPAN_END) < 16) row++;
  return row;
}

#endif

#endif
