// Columns of words and ids by AVX-512.
#include "Fields512.h"

#if CSCAN_X86

// Eight fields of at most sixteen bytes: as long as the one before, and later in the order of bytes?
CSCAN_AVX512_TARGET size_t cscan_ascending_avx512(
  const cscan_block *given, size_t column, size_t from, const uint8_t **last, size_t *last_count) {
  const cscan_block block = *given;
  const cscan_span *spans = block.spans + column * block.stride;
  const __m512i reversed = _mm512_broadcast_i32x4(_mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
  size_t row = from;
  while (row < block.rows) {
    // The first ones decide whether the fast way may be tried: the field before is known by its place alone.
    size_t stop = row + 8 < block.rows ? row + 8 : block.rows;
    size_t next = ascending(&block, column, row, stop, last, last_count);
    if (next < stop) return next;
    row = next;
    size_t length = *last_count;
    if (length < 8 || length > 16) continue;
    const __m512i lengths = _mm512_set1_epi64((long long)length);
    // Of the eight before: their first and their last eight bytes, as numbers.
    __m512i first_before = _mm512_setzero_si512(), end_before = _mm512_setzero_si512();
    int is_known = 0;
    for (; row + 8 <= block.rows; row += 8) {
      const cscan_span *of = spans + row;
      eight_fields f = eight_at(block.text, of);
      if (_mm512_cmpneq_epi64_mask(f.count, lengths) != 0) break;
      __m512i first = eight_words(block.text, of, length);
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
      *last = CSCAN_AT(block.text, of[7]) - length;
    }
  }
  return row;
}

// A word as fields are compared with it: what stands at the end of sixteen bytes, four times.
typedef struct {
  __m512i bytes, keep;
  __m512i count, code;
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
    _mm512_set1_epi32(unused == 16 ? -1 : (int)(16 - unused)), _mm512_set1_epi32((int)word.code)};
}

// The sixteen bytes in front of each of four fields' ends.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i four_ends(const uint8_t *text, const cscan_span *spans) {
#define CSCAN_SIXTEEN(i) _mm_loadu_si128((const __m128i *)CSCAN_AT(text - 16, spans[i]))
  __m256i low = _mm256_set_m128i(CSCAN_SIXTEEN(1), CSCAN_SIXTEEN(0));
  __m256i high = _mm256_set_m128i(CSCAN_SIXTEEN(3), CSCAN_SIXTEEN(2));
#undef CSCAN_SIXTEEN
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
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
  const cscan_span *spans = block->spans + column * block->stride;
  const uint8_t *text = block->text;
  few_word few[CSCAN_PROBES];
  for (int i = 0; i < number; i++) few[i] = few_word_of(words[i]);
  size_t row = from, start = first_with_sixteen(block, spans, from);
  for (; row < start; row++) {
    int32_t code = code_of_few(short_field_at(block, column, row), words, number);
    if (code < 0) return row;
    codes[row] = code;
  }
  for (; row < block->rows; row += 16) {
    // Both halves of each of sixteen fields: two bits a field.
    uint32_t halves[CSCAN_PROBES] = {0};
    for (int part = 0; part < 4; part++) {
      __m512i ends = four_ends(text, spans + row + 4 * part);
      for (int i = 0; i < number; i++) {
        __mmask8 same = _mm512_testn_epi64_mask(_mm512_xor_si512(ends, few[i].bytes), few[i].keep);
        halves[i] |= (uint32_t)same << 8 * part;
      }
    }
    __m512i counts = _mm512_srli_epi32(_mm512_loadu_si512(spans + row), 24), sixteen = _mm512_setzero_si512();
    __mmask16 known = 0;
    for (int i = 0; i < number; i++) {
      __mmask16 ours = (__mmask16)_pext_u32(halves[i] & halves[i] >> 1, 0x55555555);
      ours &= _mm512_cmpeq_epi32_mask(counts, few[i].count);
      sixteen = _mm512_mask_mov_epi32(sixteen, ours, few[i].code);
      known |= ours;
    }
    if (known != 0xFFFF) return row;
    _mm512_mask_storeu_epi32(codes + row, first_of_sixteen(block->rows - row), sixteen);
  }
  return block->rows;
}

CSCAN_AVX512_TARGET size_t cscan_codes_of_few_avx512(
  const cscan_block *block, size_t column, size_t from, const cscan_word *words, int number, int32_t *codes) {
  cscan_word few[CSCAN_PROBES];
  memcpy(few, words, sizeof few);
  switch (number) {
    case 2: return codes_of(block, column, from, few, 2, codes);
    case 3: return codes_of(block, column, from, few, 3, codes);
    default: return codes_of(block, column, from, few, 4, codes);
  }
}

// Keys of eight words of at most sixteen bytes.
typedef struct {
  __m512i low, high;
} eight_keys;

CSCAN_AVX512_TARGET CSCAN_INLINE eight_keys eight_keys_at(const uint8_t *text, const cscan_span *spans, eight_fields f) {
  // A shift by 64 or more, and one by less than 0, leaves nothing.
  const __m512i bits = _mm512_set1_epi64(64);
  if (_mm512_cmpgt_epu64_mask(f.count, _mm512_set1_epi64(8)) == 0) {
    __m512i unused = _mm512_sub_epi64(bits, _mm512_slli_epi64(f.count, 3));
    return (eight_keys){_mm512_srlv_epi64(f.word, unused), _mm512_setzero_si512()};
  }
  __m512i before = eight_words(text, spans, 16);
  __m512i unused = _mm512_sub_epi64(_mm512_set1_epi64(128), _mm512_slli_epi64(f.count, 3));
  __m512i of_short = _mm512_srlv_epi64(f.word, _mm512_sub_epi64(unused, bits));
  __m512i across = _mm512_sllv_epi64(f.word, _mm512_sub_epi64(bits, unused));
  return (eight_keys){
    _mm512_or_si512(_mm512_or_si512(_mm512_srlv_epi64(before, unused), across), of_short),
    _mm512_srlv_epi64(f.word, unused)};
}

// cscan_place of each.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i eight_places(eight_keys keys) {
  __m512i high = _mm512_mullo_epi64(keys.high, _mm512_set1_epi64((long long)CSCAN_PLACE_OF_HIGH));
  __m512i mixed = _mm512_xor_si512(keys.low, high);
  return _mm512_srli_epi64(_mm512_mullo_epi64(mixed, _mm512_set1_epi64((long long)CSCAN_PLACE)), 56);
}

// One of the numbers of eight words.
#define CSCAN_OF_WORDS(member)                                                                                \
  joined(                                                                                                     \
    loaded(&words[at[0]].member), loaded(&words[at[1]].member), loaded(&words[at[2]].member),                 \
    loaded(&words[at[3]].member), loaded(&words[at[4]].member), loaded(&words[at[5]].member),                 \
    loaded(&words[at[6]].member), loaded(&words[at[7]].member))

// The numbers of eight words, or -1.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i eight_codes(eight_keys keys, const cscan_word *words) {
  __m512i places = eight_places(keys), codes = _mm512_set1_epi64(-1);
  __mmask8 sought = 0xFF;
  for (int probe = 0; sought != 0 && probe < CSCAN_PROBES; probe++) {
    uint64_t at[8];
    _mm512_storeu_si512(at, places);
    __mmask8 same = _mm512_mask_cmpeq_epi64_mask(sought, CSCAN_OF_WORDS(key.low), keys.low);
    same = _mm512_mask_cmpeq_epi64_mask(same, CSCAN_OF_WORDS(key.high), keys.high);
    codes = _mm512_mask_mov_epi64(codes, same, CSCAN_OF_WORDS(code));
    sought &= (__mmask8)~same;
    places = _mm512_and_si512(_mm512_add_epi64(places, _mm512_set1_epi64(1)), _mm512_set1_epi64(CSCAN_WORDS - 1));
  }
  return codes;
}

CSCAN_AVX512_TARGET size_t cscan_codes_of_table_avx512(
  const cscan_block *given, size_t column, size_t from, const cscan_word *words, int32_t *codes) {
  const cscan_block block = *given;
  const cscan_span *spans = block.spans + column * block.stride;
  if ((spans[from] & CSCAN_SPAN_END) < 16) return from;
  for (size_t row = from; row < block.rows; row += 8) {
    eight_fields f = eight_at(block.text, spans + row);
    if (_mm512_cmpgt_epu64_mask(_mm512_sub_epi64(f.count, _mm512_set1_epi64(1)), _mm512_set1_epi64(15)) != 0) return row;
    __m512i found = eight_codes(eight_keys_at(block.text, spans + row, f), words);
    if (_mm512_movepi64_mask(found) != 0) return row;
    _mm256_mask_storeu_epi32(codes + row, (__mmask8)first_of_sixteen(block.rows - row), _mm512_cvtepi64_epi32(found));
  }
  return block.rows;
}

#endif
