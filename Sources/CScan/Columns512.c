// Columns by AVX-512: eight rows at a time.
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

CSCAN_AVX512_TARGET CSCAN_INLINE eight_fields eight_at(const cscan_block *block, size_t row, size_t column) {
  return block->has_quotes || block->has_returns
           ? any_fields(block, row, column)
           : plain_fields(block->text, eight_from(block->ends + row * block->columns + column, block->columns));
}

// The first row from `from` on before whose field's end there are sixteen bytes of the block, so eight without quote and return.
CSCAN_INLINE size_t first_with_sixteen(const cscan_block *block, size_t column, size_t from) {
  size_t row = from;
  while (row < block->rows && block->ends[row * block->columns + column] < 16) row++;
  return row;
}

// n / d for whole n below 10^8 and a power of ten d from 1 to 10^7, correctly rounded, where r is the double nearest to 1 / d.
// - Source: Markstein (1990), "Computation of elementary functions on the IBM RISC System/6000 processor", IBM Journal of
//   Research and Development 34, theorem 8.1. Checked against division for every such n and d.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512d quotient(__m512d n, __m512d d, __m512d r) {
  __m512d near = _mm512_mul_pd(n, r);
  return _mm512_fmadd_pd(_mm512_fnmadd_pd(near, d, n), r, near);
}

static const double inverses[8] = {1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7};

// Digits alone; 0 if one of the fields is something else.
CSCAN_AVX512_TARGET CSCAN_INLINE int eight_digits_alone(eight_fields f, uint64_t greatest, double *values) {
  __m512i digit = _mm512_sub_epi64(_mm512_srli_epi64(f.word, 56), _mm512_set1_epi64('0'));
  if (_mm512_cmpneq_epi64_mask(f.count, _mm512_set1_epi64(1)) != 0) return 0;
  if (_mm512_cmpgt_epu64_mask(digit, _mm512_set1_epi64((long long)greatest)) != 0) return 0;
  _mm512_storeu_pd(values, _mm512_cvtepu64_pd(digit));
  return 1;
}

// Written as true and false, in any case; 0 if one of the fields is something else.
CSCAN_AVX512_TARGET CSCAN_INLINE int eight_truths(eight_fields f, double *values) {
  __m512i small = _mm512_or_si512(f.word, _mm512_set1_epi8(0x20));
  __mmask8 are_true = _mm512_cmpeq_epi64_mask(_mm512_srli_epi64(small, 32), _mm512_set1_epi64(0x65757274)) &
                      _mm512_cmpeq_epi64_mask(f.count, _mm512_set1_epi64(4));
  __mmask8 are_false = _mm512_cmpeq_epi64_mask(_mm512_srli_epi64(small, 24), _mm512_set1_epi64(0x65736C6166)) &
                       _mm512_cmpeq_epi64_mask(f.count, _mm512_set1_epi64(5));
  if ((are_true | are_false) != 0xFF) return 0;
  _mm512_storeu_pd(values, _mm512_maskz_mov_pd(are_true, _mm512_set1_pd(1)));
  return 1;
}

// `short_decimal` for eight fields at once, empty ones among them too; 0 if one of them is something else.
CSCAN_AVX512_TARGET CSCAN_INLINE int eight_decimals(eight_fields f, double *values) {
  const __m512i ones = _mm512_set1_epi64(-1), zeros = _mm512_set1_epi8('0'), one = _mm512_set1_epi64(1);
  // Digits 0 before the first byte; a shift by 64 leaves nothing.
  __m512i keep = _mm512_sllv_epi64(ones, _mm512_sub_epi64(_mm512_set1_epi64(64), _mm512_slli_epi64(f.count, 3)));
  __m512i word = _mm512_ternarylogic_epi64(keep, f.word, zeros, 0xCA);
  __m512i digits_left = f.count;
  __mmask8 empty = _mm512_testn_epi64_mask(f.count, f.count);
  __mmask8 wrong = _mm512_cmpgt_epu64_mask(f.count, _mm512_set1_epi64(8));

  __mmask8 negative = 0;
  __mmask64 minus = _mm512_cmpeq_epi8_mask(word, _mm512_set1_epi8('-'));
  if (minus != 0) {
    // Only a first byte may be one.
    __m512i sign = _mm512_ternarylogic_epi64(keep, _mm512_slli_epi64(keep, 8), _mm512_movm_epi8(minus), 0x20);
    negative = _mm512_test_epi64_mask(sign, sign);
    word = _mm512_ternarylogic_epi64(sign, zeros, word, 0xCA);
    digits_left = _mm512_mask_sub_epi64(digits_left, negative, digits_left, one);
  }

  __m512d scale = _mm512_set1_pd(1), inverse = _mm512_set1_pd(1);
  __mmask64 points = _mm512_cmpeq_epi8_mask(word, _mm512_set1_epi8('.'));
  if (points != 0) {
    // The first point goes; what stands before it moves up.
    __m512i bytes = _mm512_movm_epi8(points);
    __m512i point = _mm512_and_si512(bytes, _mm512_sub_epi64(_mm512_setzero_si512(), bytes));
    __mmask8 has_point = _mm512_test_epi64_mask(point, point);
    __m512i before = _mm512_and_si512(word, _mm512_add_epi64(point, ones));
    __m512i moved = _mm512_or_si512(_mm512_slli_epi64(before, 8), _mm512_set1_epi64('0'));
    __m512i up_to = _mm512_add_epi64(_mm512_slli_epi64(point, 8), ones);
    word = _mm512_mask_mov_epi64(word, has_point, _mm512_ternarylogic_epi64(up_to, moved, word, 0xCA));
    digits_left = _mm512_mask_sub_epi64(digits_left, has_point, digits_left, one);
    // Bytes behind the point; 8, which is looked up as 0, without one.
    __m512i fraction = _mm512_srli_epi64(_mm512_lzcnt_epi64(point), 3);
    scale = _mm512_permutexvar_pd(fraction, _mm512_loadu_pd(cscan_powers));
    inverse = _mm512_permutexvar_pd(fraction, _mm512_loadu_pd(inverses));
  }

  __m512i digits = _mm512_sub_epi8(word, zeros);
  __mmask64 others = _mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9));
  wrong |= _mm512_cmple_epi64_mask(digits_left, _mm512_setzero_si512()) & (__mmask8)~empty;
  if (others != 0 || wrong != 0) return 0;

  // Pairs, then fours, then all eight.
  __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(10 | 1 << 8));
  __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(100 | 1 << 16));
  __m512i all = _mm512_add_epi64(_mm512_mul_epu32(fours, _mm512_set1_epi64(10000)), _mm512_srli_epi64(fours, 32));
  __m512d number = _mm512_cvtepu64_pd(all);
  if (points != 0) number = quotient(number, scale, inverse);
  number = _mm512_mask_xor_pd(number, negative, number, _mm512_set1_pd(-0.0));
  _mm512_storeu_pd(values, _mm512_mask_mov_pd(number, empty, _mm512_set1_pd(__builtin_nan(""))));
  return 1;
}

// How all numbers of a column are mostly written: with as many decimals each.
typedef struct {
  __m512i zeros;    // what digits are above: '0', and '.' where the point is
  __m512i greatest; // 9, and 0 where the point is
  // The point's place weighs nothing.
  __m512i of_bytes, of_pairs, of_fours;
  __m512i least, spread;  // bytes of a field: at least, and up to how many more
  __m512d scale, inverse;
} decimal_format;

// point: the byte of the eight that end a field where the point is; 8 without one.
CSCAN_AVX512_TARGET CSCAN_INLINE decimal_format format_with(unsigned point) {
  // How much more a digit in front of the point weighs than what stands behind its place in the same pair, four, eight.
  const uint64_t byte = point < 8 ? 0xFFull << 8 * point : 0;
  const unsigned pair = point / 2, four = point / 4;
  // (10, 1); (1, 0) if the point is the second one, (0, 1) if it is the first.
  uint64_t bytes = 0x010A010A010A010Aull & ~byte;
  if (point < 8 && point % 2) bytes ^= (uint64_t)0x0B << 8 * (point - 1);
  // (100, 1); (10, 1) if the second pair has one digit only.
  uint64_t pairs = 0x0001006400010064ull;
  if (point < 8 && pair % 2) pairs ^= (uint64_t)0x6E << 32 * four;
  const unsigned decimals = point < 8 ? 7 - point : 0;
  const int has_point = point < 8;
  return (decimal_format){
    _mm512_set1_epi64((long long)(CSCAN_EACH('0') ^ (byte & CSCAN_EACH('0' ^ '.')))),
    _mm512_set1_epi64((long long)(CSCAN_EACH(9) & ~byte)), _mm512_set1_epi64((long long)bytes),
    _mm512_set1_epi64((long long)pairs), _mm512_set1_epi64(four == 1 ? 1000 : 10000),
    _mm512_set1_epi64(1 + has_point), _mm512_set1_epi64(7 - has_point), _mm512_set1_pd(cscan_powers[decimals]),
    _mm512_set1_pd(inverses[decimals])};
}

// Numbers without a sign, written like that, at least one digit each; 0 if one of the fields is something else.
CSCAN_AVX512_TARGET CSCAN_INLINE int eight_of_format(eight_fields f, const decimal_format *format, double *values) {
  __m512i keep = _mm512_sllv_epi64(_mm512_set1_epi64(-1), _mm512_sub_epi64(_mm512_set1_epi64(64), _mm512_slli_epi64(f.count, 3)));
  __m512i word = _mm512_ternarylogic_epi64(keep, f.word, _mm512_set1_epi8('0'), 0xCA);
  __m512i digits = _mm512_sub_epi8(word, format->zeros);
  __mmask64 others = _mm512_cmpgt_epu8_mask(digits, format->greatest);
  __mmask8 wrong = _mm512_cmpgt_epu64_mask(_mm512_sub_epi64(f.count, format->least), format->spread);
  if ((others | wrong) != 0) return 0;
  __m512i pairs = _mm512_maddubs_epi16(digits, format->of_bytes);
  __m512i fours = _mm512_madd_epi16(pairs, format->of_pairs);
  __m512i all = _mm512_add_epi64(_mm512_mul_epu32(fours, format->of_fours), _mm512_srli_epi64(fours, 32));
  _mm512_storeu_pd(values, quotient(_mm512_cvtepu64_pd(all), format->scale, format->inverse));
  return 1;
}

// How eight fields are written: with a point at the same place (0 to 7, as `format_with` takes it), or one of these.
enum { FORM_WHOLE = 8, FORM_DIGIT = 9, FORM_MIXED = -1, FORM_LEFT = -2 };

CSCAN_AVX512_TARGET CSCAN_INLINE int form_of(eight_fields f) {
  const __m512i one = _mm512_set1_epi64(1);
  if (_mm512_cmpneq_epi64_mask(f.count, one) == 0) return FORM_DIGIT;
  if (_mm512_cmpgt_epu64_mask(_mm512_sub_epi64(f.count, one), _mm512_set1_epi64(7)) != 0) return FORM_MIXED;
  __m512i before = _mm512_sub_epi64(_mm512_set1_epi64(64), _mm512_slli_epi64(f.count, 3));
  // Bytes of the fields themselves; zeros before them.
  __m512i word = _mm512_and_si512(f.word, _mm512_sllv_epi64(_mm512_set1_epi64(-1), before));
  if (_mm512_cmpeq_epi8_mask(word, _mm512_set1_epi8('-')) != 0) return FORM_MIXED;
  __m512i points = _mm512_movm_epi8(_mm512_cmpeq_epi8_mask(word, _mm512_set1_epi8('.')));
  uint64_t first = (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(points));
  if (_mm512_cmpneq_epi64_mask(points, _mm512_set1_epi64((long long)first)) != 0) return FORM_MIXED;
  return first == 0 ? FORM_WHOLE : (int)_tzcnt_u64(first) / 8;
}

// Each loop is a function of its own, which keeps its registers, and returns the first row that it leaves: those by eight leave
// the last rows, fewer than eight.
#define CSCAN_LOOP __attribute__((noinline)) static size_t

CSCAN_LOOP some_decimals(const cscan_block *block, size_t column, size_t from, size_t to, double *values) {
  return decimals(block, column, from, to, values);
}

CSCAN_LOOP some_bits(const cscan_block *block, size_t column, size_t from, size_t to, double *values) {
  return bits(block, column, from, to, values);
}

// In plain blocks: single digits.
CSCAN_AVX512_TARGET CSCAN_LOOP digits_by_eight(
  const cscan_block *block, size_t column, size_t row, uint64_t greatest, double *values) {
  const uint8_t *text = block->text;
  const size_t columns = block->columns, rows = block->rows;
  const uint32_t *ends = block->ends + row * columns + column;
  for (; row + 8 <= rows; row += 8, ends += 8 * columns)
    if (!eight_digits_alone(plain_fields(text, eight_from(ends, columns)), greatest, values + row)) break;
  return row;
}

// In plain blocks: true and false.
CSCAN_AVX512_TARGET CSCAN_LOOP truths_by_eight(const cscan_block *block, size_t column, size_t row, double *values) {
  const uint8_t *text = block->text;
  const size_t columns = block->columns, rows = block->rows;
  const uint32_t *ends = block->ends + row * columns + column;
  for (; row + 8 <= rows; row += 8, ends += 8 * columns)
    if (!eight_truths(plain_fields(text, eight_from(ends, columns)), values + row)) break;
  return row;
}

// In plain blocks: numbers of one format.
CSCAN_AVX512_TARGET CSCAN_LOOP format_by_eight(
  const cscan_block *block, size_t column, size_t row, int point, double *values) {
  const decimal_format format = format_with((unsigned)point);
  const uint8_t *text = block->text;
  const size_t columns = block->columns, rows = block->rows;
  const uint32_t *ends = block->ends + row * columns + column;
  for (; row + 8 <= rows; row += 8, ends += 8 * columns)
    if (!eight_of_format(plain_fields(text, eight_from(ends, columns)), &format, values + row)) break;
  return row;
}

// Any numbers, until they have one form in a plain block; FORM_LEFT if one is left to the caller.
CSCAN_AVX512_TARGET CSCAN_INLINE size_t mixed_by_eight(
  const cscan_block *block, size_t column, size_t row, const int is_plain, double *values, int *form) {
  *form = FORM_MIXED;
  for (; row + 8 <= block->rows && *form == FORM_MIXED; row += 8) {
    const uint32_t *ends = block->ends + row * block->columns + column;
    eight_fields f = is_plain ? plain_fields(block->text, eight_from(ends, block->columns)) : any_fields(block, row, column);
    if (!eight_decimals(f, values + row)) {
      size_t stop = some_decimals(block, column, row, row + 8, values);
      if (stop < row + 8) {
        *form = FORM_LEFT;
        return stop;
      }
    }
    if (is_plain) *form = form_of(f);
  }
  return row;
}

CSCAN_AVX512_TARGET size_t cscan_decimals_avx512(
  const cscan_block *block, size_t column, size_t from, double *values) {
  size_t row = first_with_sixteen(block, column, from);
  size_t stop = some_decimals(block, column, from, row, values);
  if (stop < row) return stop;
  const int is_plain = !block->has_quotes && !block->has_returns;
  int form = FORM_MIXED;
  while (row + 8 <= block->rows) {
    if (form == FORM_DIGIT) row = digits_by_eight(block, column, row, 9, values);
    if (form >= 0 && form != FORM_DIGIT) row = format_by_eight(block, column, row, form, values);
    row = is_plain ? mixed_by_eight(block, column, row, 1, values, &form)
                   : mixed_by_eight(block, column, row, 0, values, &form);
    if (form == FORM_LEFT) return row;
  }
  return some_decimals(block, column, row, block->rows, values);
}

CSCAN_AVX512_TARGET size_t cscan_bits_avx512(const cscan_block *block, size_t column, size_t from, double *values) {
  const int is_plain = !block->has_quotes && !block->has_returns;
  size_t row = from;
  while (row < block->rows) {
    size_t stop = row;
    if (is_plain && block->ends[row * block->columns + column] >= 16) {
      stop = digits_by_eight(block, column, row, 1, values);
      if (stop == row) stop = truths_by_eight(block, column, row, values);
    }
    // What they are instead is seen one by one.
    size_t to = stop + 8 < block->rows ? stop + 8 : block->rows;
    row = some_bits(block, column, stop, to, values);
    if (row < to) break;
  }
  return row;
}

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
