// Columns of words, ids and times, and rows by their code, by AVX-512.
#include "Fields512.h"

#if CSCAN_X86

// Eight fields of at most sixteen bytes: as long as the one before, and later in the order of bytes?
CSCAN_AVX512_TARGET size_t cscan_ascending_avx512(
  const cscan_block *given, size_t column, size_t from, const uint8_t **last, size_t *last_count) {
  const cscan_block block = *given;
  const __m512i reversed = _mm512_broadcast_i32x4(_mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
  size_t row = from;
  while (row < block.rows) {
    // The first ones decide whether the fast way may be tried: the field before is known by its place alone.
    size_t stop = row + 8 < block.rows ? row + 8 : block.rows;
    size_t next = ascending(&block, column, row, stop, last, last_count);
    if (next < stop) return next;
    row = next;
    size_t length = *last_count;
    if (length < 8 || length > 16 || block.has_quotes || block.has_returns) continue;
    const __m512i lengths = _mm512_set1_epi64((long long)length);
    // Of the eight before: their first and their last eight bytes, as numbers.
    __m512i first_before = _mm512_setzero_si512(), end_before = _mm512_setzero_si512();
    int is_known = 0;
    for (; row + 8 <= block.rows; row += 8) {
      const uint32_t *ends = block.ends + row * block.columns + column;
      eight_fields f = plain_fields(block.text, eight_from(ends, block.columns));
      if (_mm512_cmpneq_epi64_mask(f.count, lengths) != 0) break;
      const uint8_t *text = block.text - length;
      __m512i first = joined(
        loaded(text + ends[0]), loaded(text + ends[block.columns]), loaded(text + ends[2 * block.columns]),
        loaded(text + ends[3 * block.columns]), loaded(text + ends[4 * block.columns]),
        loaded(text + ends[5 * block.columns]), loaded(text + ends[6 * block.columns]),
        loaded(text + ends[7 * block.columns]));
      first = _mm512_shuffle_epi8(first, reversed);
      __m512i end = _mm512_shuffle_epi8(f.word, reversed);
      if (!is_known) {
        // Only the highest lane is looked at.
        first_before = _mm512_set1_epi64((long long)bytes_in_order(*last));
        end_before = _mm512_set1_epi64((long long)bytes_in_order(*last + length - 8));
        is_known = 1;
      }
      __m512i first_shifted = _mm512_alignr_epi64(first, first_before, 7);
      __m512i end_shifted = _mm512_alignr_epi64(end, end_before, 7);
      __mmask8 later = _mm512_cmplt_epu64_mask(first_shifted, first);
      later |= _mm512_mask_cmplt_epu64_mask(_mm512_cmpeq_epi64_mask(first_shifted, first), end_shifted, end);
      if (later != 0xFF) break;
      (first_before = first, end_before = end);
      *last = block.text + ends[7 * block.columns] - length;
    }
  }
  return row;
}

// A word as fields are compared with it: what stands at the end of sixteen bytes, four times.
typedef struct {
  __m512i bytes, keep;
  __m512i count;
  __m256i code;
} few_word;

CSCAN_AVX512_TARGET CSCAN_INLINE few_word few_word_of(cscan_word word) {
  // Words hold no zero byte. The empty one is left to others.
  size_t unused = word.key.high ? _lzcnt_u64(word.key.high) / 8 : 8 + _lzcnt_u64(word.key.low) / 8;
  unsigned __int128 bytes = 0, keep = 0;
  if (unused < 16) {
    bytes = ((unsigned __int128)word.key.high << 64 | word.key.low) << 8 * unused;
    keep = ~(unsigned __int128)0 << 8 * unused;
  }
  return (few_word){
    _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)&bytes)),
    _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)&keep)),
    _mm512_set1_epi64(unused == 16 ? -1 : (long long)(16 - unused)), _mm256_set1_epi32((int)word.code)};
}

// The sixteen bytes in front of each of four ends.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i four_ends(const uint8_t *text, const uint32_t *ends, size_t columns) {
#define CSCAN_SIXTEEN(row) _mm_loadu_si128((const __m128i *)(text + ends[(row)*columns] - 16))
  __m256i low = _mm256_set_m128i(CSCAN_SIXTEEN(1), CSCAN_SIXTEEN(0));
  __m256i high = _mm256_set_m128i(CSCAN_SIXTEEN(3), CSCAN_SIXTEEN(2));
#undef CSCAN_SIXTEEN
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

// The eight fields that are the word, one bit each.
CSCAN_AVX512_TARGET CSCAN_INLINE __mmask8 those_that_are(
  const few_word *word, __m512i counts, __m512i first, __m512i last) {
  // Two bits a field.
  uint32_t low = _mm512_testn_epi64_mask(_mm512_xor_si512(first, word->bytes), word->keep);
  uint32_t high = _mm512_testn_epi64_mask(_mm512_xor_si512(last, word->bytes), word->keep);
  uint32_t halves = low | high << 8;
  return (__mmask8)_pext_u32(halves & halves >> 1, 0x5555) & _mm512_cmpeq_epi64_mask(counts, word->count);
}

// -1 if the field is none of the words.
CSCAN_INLINE int32_t code_of_few(field f, const cscan_word *words, int number) {
  cscan_key key;
  if (f.count == 0 || !cscan_short_key(f.text, f.count, &key)) return -1;
  for (int i = 0; i < number; i++)
    if (words[i].key.low == key.low && words[i].key.high == key.high) return (int32_t)words[i].code;
  return -1;
}

// With `number` words, which is known when it is compiled.
CSCAN_AVX512_TARGET CSCAN_INLINE size_t codes_of(
  const cscan_block *block, size_t column, size_t from, const cscan_word *words, const int number, int32_t *codes) {
  few_word few[CSCAN_PROBES];
  for (int i = 0; i < number; i++) few[i] = few_word_of(words[i]);
  size_t row = from, start = first_with_sixteen(block, column, from);
  for (; row < start; row++) {
    field f = field_at(block, row, column);
    int32_t code = code_of_few(f, words, number);
    if (code < 0) return row;
    codes[row] = code;
  }
  for (; row + 8 <= block->rows; row += 8) {
    const uint32_t *ends = block->ends + row * block->columns + column;
    __m512i counts = plain_counts(eight_from(ends, block->columns));
    __m512i first = four_ends(block->text, ends, block->columns);
    __m512i last = four_ends(block->text, ends + 4 * block->columns, block->columns);
    __mmask8 known = 0;
    __m256i eight = _mm256_setzero_si256();
    for (int i = 0; i < number; i++) {
      __mmask8 ours = those_that_are(few + i, counts, first, last);
      eight = _mm256_mask_mov_epi32(eight, ours, few[i].code);
      known |= ours;
    }
    if (known != 0xFF) break;
    _mm256_storeu_si256((__m256i *)(codes + row), eight);
  }
  return row;
}

CSCAN_AVX512_TARGET size_t cscan_codes_of_few_avx512(
  const cscan_block *given, size_t column, size_t from, const cscan_word *words, int number, int32_t *codes) {
  const cscan_block block = *given;
  cscan_word few[CSCAN_PROBES];
  memcpy(few, words, sizeof few);
  switch (number) {
    case 2: return codes_of(&block, column, from, few, 2, codes);
    case 3: return codes_of(&block, column, from, few, 3, codes);
    default: return codes_of(&block, column, from, few, 4, codes);
  }
}

CSCAN_AVX512_TARGET int cscan_has_gaps_avx512(const double *values, size_t rows) {
  __mmask8 some = 0;
  size_t row = 0;
  for (; row + 8 <= rows; row += 8) {
    __m512d eight = _mm512_loadu_pd(values + row);
    some |= _mm512_cmp_pd_mask(eight, eight, _CMP_UNORD_Q);
  }
  for (; row < rows; row++) some |= (__mmask8)(values[row] != values[row]);
  return some != 0;
}

CSCAN_AVX512_TARGET size_t cscan_unix_times_avx512(
  const cscan_block *given, size_t column, size_t from, int64_t *seconds) {
  const cscan_block block = *given;
  size_t row = first_with_sixteen(&block, column, from);
  size_t stop = unix_times(&block, column, from, row, seconds);
  if (stop < row) return stop;
  const __m512i zeros = _mm512_set1_epi8('0'), nine = _mm512_set1_epi8(9);
  for (; row + 8 <= block.rows; row += 8) {
    const uint32_t *ends = block.ends + row * block.columns + column;
    eight_fields f = plain_fields(block.text, eight_from(ends, block.columns));
    if (_mm512_cmpneq_epi64_mask(f.count, _mm512_set1_epi64(10)) != 0) break;
    // The first two digits are the last two bytes of the eight that end with them.
    const uint8_t *text = block.text - 16;
    __m512i first = joined(
      loaded(text + ends[0]), loaded(text + ends[block.columns]), loaded(text + ends[2 * block.columns]),
      loaded(text + ends[3 * block.columns]), loaded(text + ends[4 * block.columns]),
      loaded(text + ends[5 * block.columns]), loaded(text + ends[6 * block.columns]),
      loaded(text + ends[7 * block.columns]));
    first = _mm512_sub_epi8(_mm512_or_si512(_mm512_srli_epi64(first, 48), _mm512_set1_epi64(0x3030303030300000)), zeros);
    __m512i last = _mm512_sub_epi8(f.word, zeros);
    if ((_mm512_cmpgt_epu8_mask(first, nine) | _mm512_cmpgt_epu8_mask(last, nine)) != 0) break;
    // Less than 1e8 is no Unix time here.
    if (_mm512_testn_epi64_mask(first, first) != 0) break;
    const __m512i by_pairs = _mm512_set1_epi16(10 | 1 << 8);
    __m512i fours = _mm512_madd_epi16(_mm512_maddubs_epi16(last, by_pairs), _mm512_set1_epi32(100 | 1 << 16));
    __m512i eight = _mm512_add_epi64(
      _mm512_mul_epu32(fours, _mm512_set1_epi64(10000)), _mm512_srli_epi64(fours, 32));
    __m512i two = _mm512_maddubs_epi16(first, by_pairs);
    _mm512_storeu_si512(
      seconds + row, _mm512_add_epi64(eight, _mm512_mul_epu32(two, _mm512_set1_epi64(100000000))));
  }
  return unix_times(&block, column, row, block.rows, seconds);
}

CSCAN_AVX512_TARGET cscan_parted cscan_part_avx512(
  const double *values, const int32_t *codes, size_t rows, int32_t first, int32_t second, double *of_first,
  double *of_second) {
  cscan_parted parted = {0, 0, 0};
  const __m256i first_code = _mm256_set1_epi32(first), second_code = _mm256_set1_epi32(second);
  __mmask8 gaps = 0;
  size_t row = 0;
  for (; row + 8 <= rows; row += 8) {
    __m256i eight = _mm256_loadu_si256((const __m256i *)(codes + row));
    __m512d numbers = _mm512_loadu_pd(values + row);
    __mmask8 are_first = _mm256_cmpeq_epi32_mask(eight, first_code);
    __mmask8 are_second = _mm256_cmpeq_epi32_mask(eight, second_code);
    gaps |= _mm512_cmp_pd_mask(numbers, numbers, _CMP_UNORD_Q);
    _mm512_storeu_pd(of_first + parted.first, _mm512_maskz_compress_pd(are_first, numbers));
    _mm512_storeu_pd(of_second + parted.second, _mm512_maskz_compress_pd(are_second, numbers));
    parted.first += (size_t)__builtin_popcount(are_first);
    parted.second += (size_t)__builtin_popcount(are_second);
  }
  parted.has_gaps = gaps != 0;
  part_rows(values, codes, row, rows, first, second, of_first, of_second, &parted);
  return parted;
}

#endif
