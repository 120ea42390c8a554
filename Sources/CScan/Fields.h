// Fields of a block, and words of them.
#ifndef CSCAN_FIELDS_H
#define CSCAN_FIELDS_H

#include "Number.h"

typedef struct {
  const uint8_t *text;
  size_t count;
  int has_doubled;  // doubled quotes
} field;

// One that its span does not tell.
field cscan_long_field(const cscan_block *block, size_t column, size_t row);

// One of a column's fields as its span tells it. If its count is CSCAN_LONG its text is not to be looked at.
CSCAN_INLINE field short_field_at(const cscan_block *block, size_t column, size_t row) {
  cscan_span span = block->spans[column * block->stride + row];
  size_t count = span >> 24;
  return (field){block->text + (span & CSCAN_SPAN_END) - count, count, 0};
}

// One of a column's fields.
CSCAN_INLINE field field_at(const cscan_block *block, size_t column, size_t row) {
  field f = short_field_at(block, column, row);
  return __builtin_expect(f.count == CSCAN_LONG, 0) ? cscan_long_field(block, column, row) : f;
}

// Copies of the last row's span behind it, so that vectors may begin at any row.
CSCAN_INLINE void cscan_repeat_last(cscan_span *spans, size_t rows) {
  for (size_t i = 0; i < CSCAN_SPARE; i++) spans[rows + i] = rows > 0 ? spans[rows - 1] : 0;
}

// Reads one number; 0 if it is left to the caller.
CSCAN_INLINE int number(field f, const uint8_t *limit, double *value) {
  if (f.count == 1) {
    uint8_t digit = (uint8_t)(f.text[0] - '0');
    *value = digit;
    return digit <= 9;
  }
  if (f.count == 0) {
    *value = __builtin_nan("");
    return 1;
  }
  if (f.count == CSCAN_LONG) return 0;
  int is_short = CSCAN_WORDWISE && f.count <= 8 && f.text + 8 <= limit;
  return (is_short && short_decimal(f.text, f.count, value)) || decimal(f.text, f.count, value);
}

// Rows `from` to `to` one by one; the first that is left to the caller, or `to`.
CSCAN_INLINE size_t decimals(const cscan_block *block, size_t column, size_t from, size_t to, double *values) {
  for (size_t row = from; row < to; row++)
    if (!number(short_field_at(block, column, row), block->limit, values + row)) return row;
  return to;
}

// Letters as small ones; other bytes become no letter.
#define CSCAN_SMALL(bytes) ((bytes) | CSCAN_EACH(0x20))

// 0, 1, true, false, yes, no and their first letters, in any case. 0, and any value, if it is none of them.
CSCAN_INLINE int truth(field f, double *value) {
  uint64_t word = 0;
  if (f.count == 0 || f.count > 5) return 0;
  if (f.count == 1 && (uint8_t)(f.text[0] - '0') < 2) {
    *value = f.text[0] - '0';
    return 1;
  }
  for (size_t i = 0; i < f.count; i++) word = word << 8 | f.text[i];
  word = CSCAN_SMALL(word) & ((1ull << 8 * f.count) - 1);
  *value = word == 't' || word == 'y' || word == 0x74727565 || word == 0x796573;  // true, yes
  return *value == 1 || word == 'f' || word == 'n' || word == 0x66616C7365 || word == 0x6E6F;  // false, no
}

// Truth values, as `decimals`; an empty field is NaN.
CSCAN_INLINE size_t bits(const cscan_block *block, size_t column, size_t from, size_t to, double *values) {
  for (size_t row = from; row < to; row++) {
    field f = short_field_at(block, column, row);
    if (f.count == 0) {
      values[row] = __builtin_nan("");
    } else if (!truth(f, values + row)) {
      return row;
    }
  }
  return to;
}

// Eight bytes as a number by which they are ordered.
CSCAN_INLINE uint64_t bytes_in_order(const uint8_t *text) {
  uint64_t word;
  memcpy(&word, text, 8);
  return CSCAN_WORDWISE ? __builtin_bswap64(word) : word;
}

// Whether a is before b in the order of bytes; both of `count`.
CSCAN_INLINE int is_before(const uint8_t *a, const uint8_t *b, size_t count) {
  if (count < 8) return memcmp(a, b, count) < 0;
  for (size_t at = 0; at + 8 < count; at += 8) {
    uint64_t x = bytes_in_order(a + at), y = bytes_in_order(b + at);
    if (x != y) return x < y;
  }
  return bytes_in_order(a + count - 8) < bytes_in_order(b + count - 8);
}

// Rows `from` to `to` of cscan_ascending.
CSCAN_INLINE size_t ascending(
  const cscan_block *block, size_t column, size_t from, size_t to, const uint8_t **last, size_t *last_count) {
  const uint8_t *before = *last;
  size_t count = *last_count, row = from;
  for (; row < to; row++) {
    field f = field_at(block, column, row);
    // Nothing is shorter than a field that has something.
    if (f.count < count || f.count == 0 || (f.count == count && !is_before(before, f.text, count))) break;
    before = f.text;
    count = f.count;
  }
  *last = before;
  *last_count = count;
  return row;
}

// Loops are functions of their own, so that those by vectors keep their registers; each returns the first row that it leaves.
#define CSCAN_LOOP __attribute__((noinline)) static size_t

// `decimals`.
size_t cscan_some_decimals(const cscan_block *block, size_t column, size_t from, size_t to, double *values);

// The functions of AVX-512, in Columns512.c and Numbers512.c; as those of CScan.h.
size_t cscan_decimals_avx512(const cscan_block *block, size_t column, size_t from, double *values);
size_t cscan_bits_avx512(const cscan_block *block, size_t column, size_t from, double *values);
size_t cscan_ascending_avx512(
  const cscan_block *block, size_t column, size_t from, const uint8_t **last, size_t *last_count);
// Of rows from `from` on: stops at one that is none of two to four words, or earlier.
size_t cscan_codes_of_few_avx512(
  const cscan_block *block, size_t column, size_t from, const cscan_word *words, int number, int32_t *codes);
// Of rows from `from` on: stops at eight of which one is no word of the table, or earlier.
size_t cscan_codes_of_table_avx512(
  const cscan_block *block, size_t column, size_t from, const cscan_word *words, int32_t *codes);

#endif
