// Columns of rows whose fields are known.
#include "Fields.h"
#include "Targets.h"

size_t cscan_some_decimals(const cscan_block *block, size_t column, size_t from, size_t to, double *values) {
  return decimals(block, column, from, to, values);
}

#if CSCAN_X86
// The eight bytes in front of each of four fields' ends.
CSCAN_AVX2_TARGET CSCAN_INLINE __m256i four_words(const uint8_t *text, const cscan_span *spans) {
#define CSCAN_WORD(i) _mm_loadl_epi64((const __m128i *)(text + (spans[i] & CSCAN_SPAN_END) - 8))
  return _mm256_set_m128i(
    _mm_unpacklo_epi64(CSCAN_WORD(2), CSCAN_WORD(3)), _mm_unpacklo_epi64(CSCAN_WORD(0), CSCAN_WORD(1)));
#undef CSCAN_WORD
}

// `short_decimal` for four fields at once, an empty one among them too; 0 if one of them is no plain decimal. At least eight
// bytes stand before each one's end.
CSCAN_AVX2_TARGET CSCAN_INLINE int four_decimals(const uint8_t *text, const cscan_span *spans, double *values) {
  const __m256i ones = _mm256_set1_epi64x(-1), zeros = _mm256_set1_epi8('0'), nine = _mm256_set1_epi8(9);
  __m256i count = _mm256_cvtepu32_epi64(_mm_srli_epi32(_mm_loadu_si128((const __m128i *)spans), 24));
  // The compiler would go back to four numbers of 32 bits, which takes more.
  __asm__("" : "+x"(count));
  __m256i is_empty = _mm256_cmpeq_epi64(count, _mm256_setzero_si256());
  __m256i is_long = _mm256_cmpgt_epi64(count, _mm256_set1_epi64x(8));
  // Digits 0 before the first byte; a shift by 64 leaves nothing.
  __m256i keep = _mm256_sllv_epi64(ones, _mm256_sub_epi64(_mm256_set1_epi64x(64), _mm256_slli_epi64(count, 3)));
  __m256i word = _mm256_blendv_epi8(zeros, four_words(text, spans), keep);
  __m256i first = _mm256_andnot_si256(_mm256_slli_epi64(keep, 8), keep);
  __m256i minus = _mm256_and_si256(_mm256_cmpeq_epi8(word, _mm256_set1_epi8('-')), first);
  __m256i negative = _mm256_andnot_si256(is_empty, _mm256_cmpeq_epi64(minus, first));
  word = _mm256_blendv_epi8(word, zeros, minus);

  // The first point goes; what stands before it moves up.
  __m256i points = _mm256_cmpeq_epi8(word, _mm256_set1_epi8('.'));
  __m256i has_none = _mm256_cmpeq_epi64(points, _mm256_setzero_si256());
  __m256i point = _mm256_and_si256(points, _mm256_sub_epi64(_mm256_setzero_si256(), points));
  __m256i before = _mm256_add_epi64(point, ones), up_to = _mm256_add_epi64(_mm256_slli_epi64(point, 8), ones);
  __m256i moved = _mm256_or_si256(_mm256_slli_epi64(_mm256_and_si256(word, before), 8), _mm256_andnot_si256(up_to, word));
  word = _mm256_blendv_epi8(_mm256_or_si256(moved, _mm256_set1_epi64x('0')), word, has_none);

  __m256i digits = _mm256_sub_epi8(word, zeros);
  __m256i are_digits = _mm256_cmpeq_epi8(_mm256_max_epu8(digits, nine), nine);
  __m256i number_of_digits = _mm256_add_epi64(_mm256_add_epi64(count, negative), _mm256_andnot_si256(has_none, ones));
  __m256i has_digit = _mm256_or_si256(_mm256_cmpgt_epi64(number_of_digits, _mm256_setzero_si256()), is_empty);
  if (_mm256_movemask_epi8(_mm256_andnot_si256(is_long, _mm256_and_si256(are_digits, has_digit))) != -1) return 0;

  // Pairs, then fours, then all eight; an integer below 2^52 is the fraction of a double between 2^52 and 2^53.
  __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(10 | 1 << 8));
  __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(100 | 1 << 16));
  __m256i all = _mm256_add_epi64(_mm256_mul_epu32(fours, _mm256_set1_epi64x(10000)), _mm256_srli_epi64(fours, 32));
  const __m256d two_52 = _mm256_set1_pd(0x1p52);
  __m256d number = _mm256_sub_pd(_mm256_or_pd(_mm256_castsi256_pd(all), two_52), two_52);
  // Mostly all have as many decimals. Without a point `point` is 0 and its trailing zeros are 64.
  uint64_t same = (uint64_t)_mm256_extract_epi64(point, 0);
  if (_mm256_movemask_epi8(_mm256_cmpeq_epi64(point, _mm256_set1_epi64x((int64_t)same))) == -1) {
    if (same) number = _mm256_div_pd(number, _mm256_set1_pd(cscan_powers[7 - _tzcnt_u64(same) / 8]));
  } else {
    uint64_t each[4];
    _mm256_storeu_si256((__m256i *)each, point);
    double scale[4];
    for (int i = 0; i < 4; i++) scale[i] = each[i] ? cscan_powers[7 - _tzcnt_u64(each[i]) / 8] : 1;
    number = _mm256_div_pd(number, _mm256_loadu_pd(scale));
  }
  number = _mm256_or_pd(number, _mm256_and_pd(_mm256_castsi256_pd(negative), _mm256_set1_pd(-0.0)));
  number = _mm256_blendv_pd(number, _mm256_set1_pd(__builtin_nan("")), _mm256_castsi256_pd(is_empty));
  _mm256_storeu_pd(values, number);
  return 1;
}

// Single digits, the first row that is something else.
CSCAN_LOOP some_digits(const cscan_block *block, size_t column, size_t from, double *values) {
  size_t row = from;
  for (; row < block->rows; row++) {
    field f = short_field_at(block, column, row);
    if (f.count != 1 || (uint8_t)(f.text[0] - '0') > 9) break;
    values[row] = f.text[0] - '0';
  }
  return row;
}

CSCAN_AVX2_TARGET static size_t decimals_avx2(
  const cscan_block *block, size_t column, size_t from, double *values) {
  const cscan_span *spans = block->spans + column * block->stride;
  const uint8_t *text = block->text;
  const size_t rows = block->rows;
  size_t row = from;
  for (; row + 4 <= rows; row += 4) {
    __m128i counts = _mm_srli_epi32(_mm_loadu_si128((const __m128i *)(spans + row)), 24);
    if (_mm_movemask_epi8(_mm_cmpeq_epi32(counts, _mm_set1_epi32(1))) == 0xFFFF) {
      row = some_digits(block, column, row, values);
      if (row + 4 > rows) break;
    }
    if ((spans[row] & CSCAN_SPAN_END) >= 8 && four_decimals(text, spans + row, values + row)) continue;
    size_t stop = cscan_some_decimals(block, column, row, row + 4, values);
    if (stop < row + 4) return stop;
  }
  return cscan_some_decimals(block, column, row, rows, values);
}
#endif

// The key of a word of at most 16 bytes; sixteen can be read.
CSCAN_INLINE cscan_key key_of(const uint8_t *text, size_t count) {
  // Sixteen bytes of this from 16 - count on keep what belongs to the word, without a branch.
  static const uint64_t keep[4] = {~0ull, ~0ull, 0, 0};
  cscan_key key, mask;
  memcpy(&key, text, 16);
  memcpy(&mask, (const uint8_t *)keep + 16 - count, 16);
  return (cscan_key){key.low & mask.low, key.high & mask.high};
}

// The number of a key in the table, or -1.
CSCAN_INLINE int64_t code_in_table(const cscan_word *words, cscan_key key) {
  size_t place = cscan_place(key);
  for (size_t probe = 0; probe < CSCAN_PROBES; probe++) {
    const cscan_word *word = words + ((place + probe) & (CSCAN_WORDS - 1));
    if (word->code >= 0 && word->key.low == key.low && word->key.high == key.high) return word->code;
  }
  return -1;
}

// Rows `from` to `to`, with `number` words among the first ones, which is known when it is compiled.
CSCAN_INLINE size_t codes_among(
  const cscan_block *block, size_t column, size_t from, size_t to, const cscan_word *first, int number,
  const cscan_word *words, int32_t *codes) {
  cscan_word few[CSCAN_PROBES];
  memcpy(few, first, sizeof few);
  for (size_t row = from; row < to; row++) {
    field f = short_field_at(block, column, row);
    cscan_key key;
    if (f.count == 0) return row;
    if (CSCAN_WORDWISE && f.count <= 16 && f.text + 16 <= block->limit) {
      key = key_of(f.text, f.count);
    } else if (!cscan_short_key(f.text, f.count, &key)) {
      return row;
    }
    // Among few words there is no branch to guess.
    int64_t code = -1;
    for (int i = 0; i < number; i++)
      code = ((few[i].key.low ^ key.low) | (few[i].key.high ^ key.high)) == 0 ? few[i].code : code;
    if (code < 0) code = code_in_table(words, key);
    if (code < 0) return row;
    codes[row] = (int32_t)code;
  }
  return to;
}

// Of words in a table that has more than the few.
CSCAN_LOOP some_codes(
  const cscan_block *block, size_t column, size_t from, size_t to, const cscan_word *first, const cscan_word *words,
  int32_t *codes) {
  return codes_among(block, column, from, to, first, CSCAN_PROBES, words, codes);
}

#if CSCAN_X86
// Of a table in which most words are found.
static size_t codes_of_table(
  const cscan_block *block, size_t column, size_t from, const cscan_word *first, const cscan_word *words,
  int32_t *codes) {
  size_t row = from;
  while (row < block->rows) {
    size_t stop = cscan_codes_of_table_avx512(block, column, row, words, codes);
    size_t to = stop + 8 < block->rows ? stop + 8 : block->rows;
    row = some_codes(block, column, stop, to, first, words, codes);
    if (row < to) break;
  }
  return row;
}
#endif

size_t cscan_codes(
  const cscan_block *block, size_t column, size_t from, const cscan_word *first, const cscan_word *words, size_t number,
  int32_t *codes) {
#if CSCAN_X86
  if (block->level >= CSCAN_AVX512 && has_avx512()) {
    // Where more have come, many are not in the table.
    if (number > CSCAN_PROBES && number <= CSCAN_WORDS / 2)
      return codes_of_table(block, column, from, first, words, codes);
    int few = first[2].code < 0 ? 2 : first[3].code < 0 ? 3 : 4;
    if (number <= CSCAN_PROBES && first[1].code >= 0)
      from = cscan_codes_of_few_avx512(block, column, from, first, few, codes);
  }
#endif
  // Most experiments have two arms.
  if (first[2].code < 0) return codes_among(block, column, from, block->rows, first, 2, words, codes);
  return some_codes(block, column, from, block->rows, first, words, codes);
}

size_t cscan_filled(const cscan_block *block, size_t column, size_t from) {
  const cscan_span *spans = block->spans + column * block->stride;
  for (size_t row = from; row < block->rows; row++)
    if (spans[row] >> 24 == 0) return row;
  return block->rows;
}

size_t cscan_hashes(const cscan_block *block, size_t column, size_t from, uint64_t *hashes) {
  for (size_t row = from; row < block->rows; row++) {
    field f = field_at(block, column, row);
    if (f.count == 0) return row;
    hashes[row] = cscan_hash(f.text, f.count);
  }
  return block->rows;
}

// MARK: - Choice at run time

size_t cscan_decimals(const cscan_block *block, size_t column, size_t from, double *values) {
#if CSCAN_X86
  if (block->level >= CSCAN_AVX512 && has_avx512()) return cscan_decimals_avx512(block, column, from, values);
  if (block->level >= CSCAN_AVX2 && has_avx2()) return decimals_avx2(block, column, from, values);
#endif
  return cscan_some_decimals(block, column, from, block->rows, values);
}

size_t cscan_bits(const cscan_block *block, size_t column, size_t from, double *values) {
#if CSCAN_X86
  if (block->level >= CSCAN_AVX512 && has_avx512()) return cscan_bits_avx512(block, column, from, values);
#endif
  return bits(block, column, from, block->rows, values);
}

size_t cscan_ascending(
  const cscan_block *block, size_t column, size_t from, const uint8_t **last, size_t *last_count) {
#if CSCAN_X86
  if (block->level >= CSCAN_AVX512 && has_avx512())
    return cscan_ascending_avx512(block, column, from, last, last_count);
#endif
  return ascending(block, column, from, block->rows, last, last_count);
}
