// Where the fields of the columns asked for are, column by column.
#include "Fields.h"
#include "Targets.h"

// A field by its separators, quotes around it included.
CSCAN_INLINE field bare_field(const cscan_block *block, size_t row, size_t place) {
  const uint32_t *end = block->ends + row * block->columns + place;
  uint32_t begin = (end[-1] + 1) & ~CSCAN_LINE_FEED;
  return (field){block->text + begin, (*end & ~CSCAN_LINE_FEED) - begin, 0};
}

field cscan_long_field(const cscan_block *block, size_t column, size_t row) {
  size_t place = block->asked[column];
  field f = bare_field(block, row, place);
  if (block->has_returns && place == block->columns - 1 && f.count > 0 && f.text[f.count - 1] == '\r') f.count--;
  if (block->has_quotes && f.count > 0 && f.text[0] == '"') {
    (f.text++, f.count -= 2);
    f.has_doubled = memchr(f.text, '"', f.count) != NULL;
  }
  return f;
}

const uint8_t *cscan_field(const cscan_block *block, size_t column, size_t row, size_t *count, int *has_doubled) {
  field f = field_at(block, column, row);
  (*count = f.count, *has_doubled = f.has_doubled);
  return f.text;
}

CSCAN_INLINE cscan_span span_of(uint32_t end, size_t count) {
  return (end & CSCAN_SPAN_END) | (cscan_span)(count < CSCAN_LONG ? count : CSCAN_LONG) << 24;
}

// MARK: - Bare fields

// Whether line feeds end the rows from `from` on.
CSCAN_INLINE int have_line_feeds(const cscan_block *block, size_t from) {
  uint8_t others = 0;
  for (size_t row = from + 1; row <= block->rows; row++)
    others |= block->text[block->ends[row * block->columns - 1] & ~CSCAN_LINE_FEED] ^ '\n';
  return others == 0;
}

// Of rows from `from` on.
CSCAN_INLINE void bare_spans(const cscan_block *block, size_t column, size_t from) {
  cscan_span *spans = block->spans + column * block->stride;
  for (size_t row = from; row < block->rows; row++) {
    field f = bare_field(block, row, block->asked[column]);
    spans[row] = span_of((uint32_t)(f.text - block->text + f.count), f.count);
  }
}

#if CSCAN_X86
// Eight separators of sixteen rows at a time become eight columns, of which seven follow another that says where they begin.
// Vectors of 64 bytes: two halves, of rows that lie eight apart.
typedef uint32_t eight_numbers __attribute__((vector_size(32), aligned(4)));
typedef uint32_t sixteen_numbers __attribute__((vector_size(64), aligned(4)));

// Numbers, pairs and fours of two vectors by turns.
#define CSCAN_LOW_NUMBERS(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define CSCAN_HIGH_NUMBERS(a, b) \
  __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define CSCAN_LOW_PAIRS(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define CSCAN_HIGH_PAIRS(a, b) \
  __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define CSCAN_LOW_FOURS(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
#define CSCAN_HIGH_FOURS(a, b) \
  __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)

// into: for each of the eight columns where its spans go, or NULL; never for the first. rows: a multiple of sixteen. Returns
// what all separators of the column `last` have in common: the mark of line feeds, if they are marked.
CSCAN_INLINE uint32_t spans_of_seven(
  const uint32_t *ends, size_t columns, size_t rows, cscan_span *const into[8], size_t last) {
  sixteen_numbers all = ~(sixteen_numbers){0};
  for (size_t row = 0; row < rows; row += 16) {
    sixteen_numbers of_rows[8], pairs[8], fours[8], of[8];
    for (size_t i = 0; i < 8; i++) {
      const uint32_t *near = ends + (row + i) * columns;
      of_rows[i] = __builtin_shufflevector(
        *(const eight_numbers *)near, *(const eight_numbers *)(near + 8 * columns),  //
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }
    for (int i = 0; i < 8; i += 2) {
      pairs[i] = CSCAN_LOW_NUMBERS(of_rows[i], of_rows[i + 1]);
      pairs[i + 1] = CSCAN_HIGH_NUMBERS(of_rows[i], of_rows[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
      fours[i] = CSCAN_LOW_PAIRS(pairs[i], pairs[i + 2]);
      fours[i + 1] = CSCAN_HIGH_PAIRS(pairs[i], pairs[i + 2]);
      fours[i + 2] = CSCAN_LOW_PAIRS(pairs[i + 1], pairs[i + 3]);
      fours[i + 3] = CSCAN_HIGH_PAIRS(pairs[i + 1], pairs[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
      of[i] = CSCAN_LOW_FOURS(fours[i], fours[i + 4]);
      of[i + 4] = CSCAN_HIGH_FOURS(fours[i], fours[i + 4]);
    }
    for (size_t i = 1; i < 8; i++) {
      if (!into[i]) continue;
      if (i == last) all &= of[i];
      sixteen_numbers count = (of[i] - of[i - 1] - 1) & ~CSCAN_LINE_FEED;
      // All bits of one that is too long.
      count |= (sixteen_numbers)(count >= CSCAN_LONG);
      *(sixteen_numbers *)(into[i] + row) = (of[i] & CSCAN_SPAN_END) | count << 24;
    }
  }
  uint32_t common = ~0u;
  for (int i = 0; i < 16; i++) common &= all[i];
  return common;
}

// 0 if a line feed is missing. are_marked: whether separators tell whether they are some.
CSCAN_INLINE int bare_spans_by_seven(const cscan_block *block, const int are_marked) {
  size_t rows = block->rows & ~(size_t)15, next = 0, checked = 0;
  while (next < block->asked_count) {
    const size_t first = block->asked[next], last = block->columns - first;
    cscan_span *into[8] = {NULL};
    for (; next < block->asked_count && block->asked[next] < first + 7; next++) {
      into[block->asked[next] - first + 1] = block->spans + next * block->stride;
      bare_spans(block, next, rows);
    }
    uint32_t common = spans_of_seven(block->ends + first - 1, block->columns, rows, into, last);
    if (are_marked && last < 8 && into[last]) {
      if (!(common & CSCAN_LINE_FEED)) return 0;
      checked = rows;
    }
  }
  return have_line_feeds(block, checked);
}

CSCAN_AVX2_TARGET static int bare_spans_avx2(const cscan_block *block) { return bare_spans_by_seven(block, 0); }
CSCAN_AVX512_TARGET static int bare_spans_avx512(const cscan_block *block) { return bare_spans_by_seven(block, 1); }
#endif

static int all_bare_spans(const cscan_block *block) {
#if CSCAN_X86
  if (block->level >= CSCAN_AVX512 && has_avx512()) return bare_spans_avx512(block);
  if (block->level >= CSCAN_AVX2 && has_avx2()) return bare_spans_avx2(block);
#endif
  for (size_t column = 0; column < block->asked_count; column++) bare_spans(block, column, 0);
  return have_line_feeds(block, 0);
}

// MARK: - What belongs to no field

static void leave_out_returns(const cscan_block *block, cscan_span *spans) {
  for (size_t row = 0; row < block->rows; row++) {
    uint32_t end = spans[row] & CSCAN_SPAN_END, count = spans[row] >> 24;
    if (count > 0 && count < CSCAN_LONG && block->text[end - 1] == '\r') spans[row] = span_of(end - 1, count - 1);
  }
}

static void leave_out_quotes(const cscan_block *block, cscan_span *spans) {
  for (size_t row = 0; row < block->rows; row++) {
    uint32_t end = spans[row] & CSCAN_SPAN_END, count = spans[row] >> 24;
    const uint8_t *text = block->text + end - count;
    if (count == 0 || count == CSCAN_LONG || *text != '"') continue;
    int has_doubled = memchr(text + 1, '"', count - 2) != NULL;
    spans[row] = span_of(end - 1, has_doubled ? CSCAN_LONG : count - 2);
  }
}

int cscan_find_fields(const cscan_block *block) {
  if (!all_bare_spans(block)) return 0;
  for (size_t column = 0; column < block->asked_count; column++) {
    cscan_span *spans = block->spans + column * block->stride;
    if (block->has_returns && block->asked[column] == block->columns - 1) leave_out_returns(block, spans);
    if (block->has_quotes) leave_out_quotes(block, spans);
    cscan_repeat_last(spans, block->rows);
  }
  return 1;
}
