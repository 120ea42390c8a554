// Rows by their code.
#include "Fields.h"
#include "Targets.h"

// What is parted, and where the rows of each code go.
typedef struct {
  const int32_t *codes;
  size_t rows;
  int32_t first, second;
} parting;

// cscan_part, added to what is parted.
static void part_values(
  const double *values, parting rows, double *of_first, double *of_second, cscan_parted *parted) {
  for (size_t row = 0; row < rows.rows; row++) {
    // Written over unless it is one of them: no branch to guess.
    of_first[parted->first] = of_second[parted->second] = values[row];
    parted->first += rows.codes[row] == rows.first;
    parted->second += rows.codes[row] == rows.second;
    parted->has_gaps |= values[row] != values[row];
  }
}

// cscan_part_spans.
static void part_spans(
  const cscan_span *spans, parting rows, cscan_span *of_first, cscan_span *of_second, cscan_parted *parted) {
  for (size_t row = 0; row < rows.rows; row++) {
    uint32_t count = spans[row] >> 24;
    of_first[parted->first] = of_second[parted->second] = spans[row];
    parted->first += rows.codes[row] == rows.first;
    parted->second += rows.codes[row] == rows.second;
    parted->has_gaps |= count == 0 || count == CSCAN_LONG;
  }
}

static int some_are_missing(const double *values, size_t rows) {
  uint64_t some = 0;
  for (size_t row = 0; row < rows; row++) some |= (uint64_t)(values[row] != values[row]);
  return some != 0;
}

#if CSCAN_X86
CSCAN_AVX512_TARGET static cscan_parted part_values_avx512(
  const double *values, parting rows, double *of_first, double *of_second) {
  cscan_parted parted = {0, 0, 0};
  const __m256i first = _mm256_set1_epi32(rows.first), second = _mm256_set1_epi32(rows.second);
  __mmask8 gaps = 0;
  for (size_t row = 0; row < rows.rows; row += 8) {
    // The low half.
    __mmask8 ours = (__mmask8)first_of_sixteen(rows.rows - row);
    __m256i codes = _mm256_maskz_loadu_epi32(ours, rows.codes + row);
    __m512d numbers = _mm512_maskz_loadu_pd(ours, values + row);
    __mmask8 are_first = _mm256_mask_cmpeq_epi32_mask(ours, codes, first);
    __mmask8 are_second = _mm256_mask_cmpeq_epi32_mask(ours, codes, second);
    gaps |= _mm512_cmp_pd_mask(numbers, numbers, _CMP_UNORD_Q);
    _mm512_storeu_pd(of_first + parted.first, _mm512_maskz_compress_pd(are_first, numbers));
    _mm512_storeu_pd(of_second + parted.second, _mm512_maskz_compress_pd(are_second, numbers));
    parted.first += (size_t)__builtin_popcount(are_first);
    parted.second += (size_t)__builtin_popcount(are_second);
  }
  parted.has_gaps = gaps != 0;
  return parted;
}

CSCAN_AVX512_TARGET static cscan_parted part_spans_avx512(
  const cscan_span *spans, parting rows, cscan_span *of_first, cscan_span *of_second) {
  cscan_parted parted = {0, 0, 0};
  const __m512i first = _mm512_set1_epi32(rows.first), second = _mm512_set1_epi32(rows.second);
  __mmask16 gaps = 0;
  for (size_t row = 0; row < rows.rows; row += 16) {
    __mmask16 ours = first_of_sixteen(rows.rows - row);
    __m512i codes = _mm512_maskz_loadu_epi32(ours, rows.codes + row), fields = _mm512_loadu_si512(spans + row);
    __mmask16 are_first = _mm512_mask_cmpeq_epi32_mask(ours, codes, first);
    __mmask16 are_second = _mm512_mask_cmpeq_epi32_mask(ours, codes, second);
    // Of neither 0 nor CSCAN_LONG bytes are those from 1 to 254.
    __m512i count = _mm512_sub_epi32(_mm512_srli_epi32(fields, 24), _mm512_set1_epi32(1));
    gaps |= _mm512_cmpge_epu32_mask(count, _mm512_set1_epi32(CSCAN_LONG - 1));
    _mm512_storeu_si512(of_first + parted.first, _mm512_maskz_compress_epi32(are_first, fields));
    _mm512_storeu_si512(of_second + parted.second, _mm512_maskz_compress_epi32(are_second, fields));
    parted.first += (size_t)__builtin_popcount(are_first);
    parted.second += (size_t)__builtin_popcount(are_second);
  }
  parted.has_gaps = gaps != 0;
  return parted;
}

CSCAN_AVX512_TARGET static size_t select_codes_avx512(
  const int32_t *values, const int32_t *codes, size_t rows, int32_t code, int32_t *chosen) {
  size_t count = 0;
  for (size_t row = 0; row < rows; row += 16) {
    __mmask16 ours = first_of_sixteen(rows - row);
    __mmask16 same =
      _mm512_mask_cmpeq_epi32_mask(ours, _mm512_maskz_loadu_epi32(ours, codes + row), _mm512_set1_epi32(code));
    __m512i sixteen = _mm512_maskz_loadu_epi32(ours, values + row);
    size_t more = (size_t)__builtin_popcount(same);
    _mm512_mask_storeu_epi32(chosen + count, first_of_sixteen(more), _mm512_maskz_compress_epi32(same, sixteen));
    count += more;
  }
  return count;
}

CSCAN_AVX512_TARGET static int some_are_missing_avx512(const double *values, size_t rows) {
  __mmask8 some = 0;
  size_t row = 0;
  for (; row + 8 <= rows; row += 8) {
    __m512d eight = _mm512_loadu_pd(values + row);
    some |= _mm512_cmp_pd_mask(eight, eight, _CMP_UNORD_Q);
  }
  return some != 0 || some_are_missing(values + row, rows - row);
}
#endif

cscan_parted cscan_part(
  const double *values, const int32_t *codes, size_t rows, int32_t first, int32_t second, int level, double *of_first,
  double *of_second) {
  const parting these = {codes, rows, first, second};
#if CSCAN_X86
  if (level >= CSCAN_AVX512 && has_avx512()) return part_values_avx512(values, these, of_first, of_second);
#endif
  cscan_parted parted = {0, 0, 0};
  part_values(values, these, of_first, of_second, &parted);
  return parted;
}

static cscan_parted parted_spans(
  const cscan_span *spans, parting rows, int level, cscan_span *of_first, cscan_span *of_second) {
#if CSCAN_X86
  if (level >= CSCAN_AVX512 && has_avx512()) return part_spans_avx512(spans, rows, of_first, of_second);
#endif
  cscan_parted parted = {0, 0, 0};
  part_spans(spans, rows, of_first, of_second, &parted);
  return parted;
}

cscan_parted cscan_part_spans(
  const cscan_block *block, size_t column, const int32_t *codes, int32_t first, int32_t second, cscan_span *of_first,
  cscan_span *of_second) {
  const cscan_span *spans = block->spans + column * block->stride;
  const parting rows = {codes, block->rows, first, second};
  cscan_parted parted = parted_spans(spans, rows, block->level, of_first, of_second);
  cscan_repeat_last(of_first, parted.first);
  cscan_repeat_last(of_second, parted.second);
  return parted;
}

size_t cscan_select_codes(
  const int32_t *values, const int32_t *codes, size_t rows, int32_t code, int level, int32_t *chosen) {
#if CSCAN_X86
  if (level >= CSCAN_AVX512 && has_avx512()) return select_codes_avx512(values, codes, rows, code, chosen);
#endif
  size_t count = 0;
  for (size_t row = 0; row < rows; row++) {
    chosen[count] = values[row];
    count += codes[row] == code;
  }
  return count;
}

static int are_some_missing(const double *values, size_t rows, int level) {
#if CSCAN_X86
  if (level >= CSCAN_AVX512 && has_avx512()) return some_are_missing_avx512(values, rows);
#endif
  return some_are_missing(values, rows);
}

size_t cscan_mark_gaps(const double *values, size_t rows, int level, int32_t *codes) {
  // Mostly there is none, and to see that is quick.
  if (!are_some_missing(values, rows, level)) return 0;
  size_t gaps = 0;
  for (size_t row = 0; row < rows; row++) {
    int is_gap = values[row] != values[row];
    // Below zero already if another column has a gap here.
    codes[row] = is_gap && codes[row] >= 0 ? -1 - codes[row] : codes[row];
    gaps += (size_t)is_gap;
  }
  return gaps;
}
