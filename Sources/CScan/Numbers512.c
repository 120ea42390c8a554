// Columns of numbers and truth values by AVX-512.
#include "Fields512.h"

#if CSCAN_X86

// n / d for whole n below 10^8 and a power of ten d from 1 to 10^7, correctly rounded, where r is the double nearest to 1 / d.
// - Source: Markstein (1990), "Computation of elementary functions on the IBM RISC System/6000 processor", IBM Journal of
//   Research and Development 34, theorem 8.1. Checked against division for every such n and d.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512d quotient(__m512d n, __m512d d, __m512d r) {
  __m512d near = _mm512_mul_pd(n, r);
  return _mm512_fmadd_pd(_mm512_fnmadd_pd(near, d, n), r, near);
}

static const double inverses[8] = {1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7};

// Sixteen fields of a single digit up to `greatest`, of which the marked ones are written; 0 if one of them is something else.
CSCAN_AVX512_TARGET CSCAN_INLINE int sixteen_digits(
  const uint8_t *text, const cscan_span *spans, uint8_t greatest, double *values, __mmask16 marked) {
  __m512i counts = _mm512_srli_epi32(_mm512_loadu_si512(spans), 24);
#define CSCAN_BYTE(i) *CSCAN_AT(text - 1, spans[i])
#define CSCAN_FOUR(i)                                                                                             \
  _mm_insert_epi8(                                                                                                \
    _mm_insert_epi8(                                                                                              \
      _mm_insert_epi8(_mm_cvtsi32_si128(CSCAN_BYTE(i)), CSCAN_BYTE((i) + 1), 1), CSCAN_BYTE((i) + 2), 2), \
    CSCAN_BYTE((i) + 3), 3)
  __m128i low = _mm_unpacklo_epi32(CSCAN_FOUR(0), CSCAN_FOUR(4)), high = _mm_unpacklo_epi32(CSCAN_FOUR(8), CSCAN_FOUR(12));
#undef CSCAN_FOUR
#undef CSCAN_BYTE
  __m128i digits = _mm_sub_epi8(_mm_unpacklo_epi64(low, high), _mm_set1_epi8('0'));
  __mmask16 others = _mm_cmpgt_epu8_mask(digits, _mm_set1_epi8((char)greatest));
  if ((others | _mm512_cmpneq_epi32_mask(counts, _mm512_set1_epi32(1))) != 0) return 0;
  __m128i later = _mm_unpackhi_epi64(digits, digits);
  _mm512_mask_storeu_pd(values, (__mmask8)marked, _mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(digits)));
  _mm512_mask_storeu_pd(values + 8, (__mmask8)(marked >> 8), _mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(later)));
  return 1;
}

// Written as true and false, in any case; 0 if one of the fields is something else.
CSCAN_AVX512_TARGET CSCAN_INLINE int eight_truths(eight_fields f, double *values, __mmask16 marked) {
  __m512i small = _mm512_or_si512(f.word, _mm512_set1_epi8(0x20));
  __mmask8 are_true = _mm512_cmpeq_epi64_mask(_mm512_srli_epi64(small, 32), _mm512_set1_epi64(0x65757274)) &
                      _mm512_cmpeq_epi64_mask(f.count, _mm512_set1_epi64(4));
  __mmask8 are_false = _mm512_cmpeq_epi64_mask(_mm512_srli_epi64(small, 24), _mm512_set1_epi64(0x65736C6166)) &
                       _mm512_cmpeq_epi64_mask(f.count, _mm512_set1_epi64(5));
  if ((are_true | are_false) != 0xFF) return 0;
  _mm512_mask_storeu_pd(values, (__mmask8)marked, _mm512_maskz_mov_pd(are_true, _mm512_set1_pd(1)));
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

// point: the byte of the eight that end a field where the point is; 8 without one. Digits are summed by pairs, fours and all
// eight; where the point stands there is a digit less, so that what is in front of it weighs ten times less.
CSCAN_AVX512_TARGET CSCAN_INLINE decimal_format format_with(unsigned point) {
  const int has_point = point < 8;
  const unsigned pair = point / 2, four = point / 4;
  const uint64_t byte = has_point ? 0xFFull << 8 * point : 0;
  // (10, 1) for a pair; (1, 0) if its second byte is the point, (0, 1) if its first is.
  uint64_t bytes = 0x010A010A010A010Aull & ~byte;
  if (has_point && point % 2) bytes ^= (uint64_t)(0x0A ^ 0x01) << 8 * (point - 1);
  // (100, 1) for two pairs; (10, 1) if the second has one digit.
  uint64_t pairs = 0x0001006400010064ull;
  if (has_point && pair % 2) pairs ^= (uint64_t)(0x64 ^ 0x0A) << 32 * four;
  const unsigned decimals = has_point ? 7 - point : 0;
  return (decimal_format){
    _mm512_set1_epi64((long long)(CSCAN_EACH('0') ^ (byte & CSCAN_EACH('0' ^ '.')))),
    _mm512_set1_epi64((long long)(CSCAN_EACH(9) & ~byte)), _mm512_set1_epi64((long long)bytes),
    _mm512_set1_epi64((long long)pairs), _mm512_set1_epi64(four == 1 ? 1000 : 10000),
    _mm512_set1_epi64(1 + has_point), _mm512_set1_epi64(7 - has_point), _mm512_set1_pd(cscan_powers[decimals]),
    _mm512_set1_pd(inverses[decimals])};
}

// Numbers without a sign, written like that, at least one digit each; 0 if one of the fields is something else.
CSCAN_AVX512_TARGET CSCAN_INLINE int eight_of_format(
  eight_fields f, const decimal_format *format, double *values, __mmask16 marked) {
  __m512i keep = _mm512_sllv_epi64(_mm512_set1_epi64(-1), _mm512_sub_epi64(_mm512_set1_epi64(64), _mm512_slli_epi64(f.count, 3)));
  __m512i word = _mm512_ternarylogic_epi64(keep, f.word, _mm512_set1_epi8('0'), 0xCA);
  __m512i digits = _mm512_sub_epi8(word, format->zeros);
  __mmask64 others = _mm512_cmpgt_epu8_mask(digits, format->greatest);
  __mmask8 wrong = _mm512_cmpgt_epu64_mask(_mm512_sub_epi64(f.count, format->least), format->spread);
  if ((others | wrong) != 0) return 0;
  __m512i pairs = _mm512_maddubs_epi16(digits, format->of_bytes);
  __m512i fours = _mm512_madd_epi16(pairs, format->of_pairs);
  __m512i all = _mm512_add_epi64(_mm512_mul_epu32(fours, format->of_fours), _mm512_srli_epi64(fours, 32));
  _mm512_mask_storeu_pd(values, (__mmask8)marked, quotient(_mm512_cvtepu64_pd(all), format->scale, format->inverse));
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

CSCAN_LOOP some_bits(const cscan_block *block, size_t column, size_t from, size_t to, double *values) {
  return bits(block, column, from, to, values);
}

// The body of a function that reads so many rows at a time, from `row` on, as long as `work` reads what is at `of` to those
// `marked` at `into`, and returns the first row that it leaves.
#define CSCAN_READ_ALL(number, block, column, row, values, work)              \
  const uint8_t *text = (block)->text;                                       \
  const size_t rows = (block)->rows;                                         \
  const cscan_span *of = (block)->spans + (column) * (block)->stride + (row);\
  double *into = (values) + (row);                                           \
  for (; (row) + (number) <= rows; (row) += (number)) {                      \
    const __mmask16 marked = 0xFFFF;                                         \
    if (!(work)) return (row);                                               \
    of += (number);                                                          \
    into += (number);                                                        \
  }                                                                          \
  if ((row) == rows) return rows;                                            \
  const __mmask16 marked = first_of_sixteen(rows - (row));                   \
  return (work) ? rows : (row)

// Single digits.
CSCAN_AVX512_TARGET CSCAN_LOOP digits_by_sixteen(
  const cscan_block *block, size_t column, size_t row, uint8_t greatest, double *values) {
  CSCAN_READ_ALL(16, block, column, row, values, sixteen_digits(text, of, greatest, into, marked));
}

// true and false.
CSCAN_AVX512_TARGET CSCAN_LOOP truths_by_eight(const cscan_block *block, size_t column, size_t row, double *values) {
  CSCAN_READ_ALL(8, block, column, row, values, eight_truths(eight_at(text, of), into, marked));
}

// Numbers of one format.
CSCAN_AVX512_TARGET CSCAN_LOOP format_by_eight(
  const cscan_block *block, size_t column, size_t row, int point, double *values) {
  const decimal_format format = format_with((unsigned)point);
  CSCAN_READ_ALL(8, block, column, row, values, eight_of_format(eight_at(text, of), &format, into, marked));
}

// Any numbers, until they have one form; FORM_LEFT if one is left to the caller.
CSCAN_AVX512_TARGET CSCAN_INLINE size_t mixed_by_eight(
  const cscan_block *block, size_t column, size_t row, double *values, int *form) {
  const cscan_span *spans = block->spans + column * block->stride;
  *form = FORM_MIXED;
  for (; row + 8 <= block->rows && *form == FORM_MIXED; row += 8) {
    eight_fields f = eight_at(block->text, spans + row);
    if (!eight_decimals(f, values + row)) {
      size_t stop = cscan_some_decimals(block, column, row, row + 8, values);
      if (stop < row + 8) {
        *form = FORM_LEFT;
        return stop;
      }
    }
    *form = form_of(f);
  }
  return row;
}

CSCAN_AVX512_TARGET size_t cscan_decimals_avx512(
  const cscan_block *block, size_t column, size_t from, double *values) {
  size_t row = first_with_sixteen(block, block->spans + column * block->stride, from);
  size_t stop = cscan_some_decimals(block, column, from, row, values);
  if (stop < row) return stop;
  int form = FORM_MIXED;
  while (row + 8 <= block->rows) {
    if (form == FORM_DIGIT) row = digits_by_sixteen(block, column, row, 9, values);
    if (form >= 0 && form != FORM_DIGIT) row = format_by_eight(block, column, row, form, values);
    row = mixed_by_eight(block, column, row, values, &form);
    if (form == FORM_LEFT) return row;
  }
  return cscan_some_decimals(block, column, row, block->rows, values);
}

CSCAN_AVX512_TARGET size_t cscan_bits_avx512(const cscan_block *block, size_t column, size_t from, double *values) {
  size_t row = first_with_sixteen(block, block->spans + column * block->stride, from);
  size_t stop = some_bits(block, column, from, row, values);
  if (stop < row) return stop;
  while (row < block->rows) {
    stop = digits_by_sixteen(block, column, row, 1, values);
    if (stop == row) stop = truths_by_eight(block, column, row, values);
    // What they are instead is seen one by one.
    size_t to = stop + 8 < block->rows ? stop + 8 : block->rows;
    row = some_bits(block, column, stop, to, values);
    if (row < to) break;
  }
  return row;
}

#endif
