// The inner loop of the table scanner: where fields end, 64 bytes at a time.
//
// Geoff Langdale and Daniel Lemire, "Parsing gigabytes of JSON per second", VLDB Journal 28 (2019), section 3.1: bytes are
// classified into bit masks, and the prefix exclusive or of the quotes' mask tells which bytes lie inside quotes.
// The readable definition that this answers to is RecordScanner in Sources/Tables.
#ifndef CSCAN_H
#define CSCAN_H

#include <stddef.h>
#include <stdint.h>

// What was seen.
enum {
  CSCAN_QUOTE = 1,      // a quote
  CSCAN_RETURN = 2,     // a carriage return outside quotes
  CSCAN_NOT_ASCII = 4,  // a byte of 0x80 or more
  CSCAN_NUL = 8,        // a zero byte
  CSCAN_MISPLACED = 16  // a quote inside a bare field, text behind a closing quote, or a return without a line feed
};

typedef struct {
  size_t separators;  // delimiters and line feeds outside quotes
  size_t line_feeds;  // line feeds among them
  uint32_t findings;  // CSCAN_ bits
} cscan_result;

// Which instructions are used. More than the processor has is no harm: it is what it has then.
enum { CSCAN_PORTABLE = 0, CSCAN_AVX2 = 1, CSCAN_AVX512 = 2 };

// The best that this processor has.
int cscan_level(void);

// A mark at offsets of line feeds, which AVX-512 makes and uses; others do without it.
#define CSCAN_LINE_FEED 0x80000000u

// Writes the offsets of all delimiters and line feeds outside quotes to `ends`, ascending, and takes the CRC-64/XZ of what follows
// the first `from` bytes, behind those that have `crc`.
//
// text: begins where a record begins. count: less than 2^31 - 64. ends: room for count + 64 numbers.
// Nothing behind text[count - 1] is read.
cscan_result cscan_index(
  const uint8_t *text, size_t count, uint8_t delimiter, int level, uint32_t *ends, size_t from, uint64_t *crc);

// Number of quotes among `count` bytes.
size_t cscan_quotes(const uint8_t *text, size_t count, int level);

// Asks for a place in memory that will be read soon.
static inline __attribute__((always_inline)) void cscan_prefetch(const void *place) { __builtin_prefetch(place); }

// MARK: - Columns of rows whose separators are known

// A field, quotes around it left out: where it ends, in the low 24 bits, and its bytes, in the high eight. CSCAN_LONG there: it may
// have as many bytes or more, with its quotes and return, or has doubled quotes; its separators say where it is.
typedef uint32_t cscan_span;
#define CSCAN_SPAN_END 0xFFFFFFu
#define CSCAN_LONG 255
// So many copies of the last row's span follow it.
#define CSCAN_SPARE 16

// Whole rows of a plain table, and the fields of the columns asked for.
typedef struct {
  const uint8_t *text;    // begins where a record begins; less than 2^24 bytes
  const uint8_t *limit;   // nothing from here on is read
  const uint32_t *ends;   // of cscan_index; ends[-1] is there and is UINT32_MAX. From ends[rows * columns] on 16 more can be read
  size_t rows;
  size_t columns;         // fields a row
  const size_t *asked;    // the columns asked for, ascending
  size_t asked_count;
  cscan_span *spans;      // of cscan_find_fields: `stride` for each of them
  size_t stride;          // at least CSCAN_SPARE more than rows
  int has_quotes;         // fields may be quoted, and then are well formed
  int has_returns;        // rows may end in CR LF
  int level;              // CSCAN_ instructions
} cscan_block;

// Fills the block's spans. 0 if not every row has as many fields.
int cscan_find_fields(const cscan_block *block);

// A field by its separators. has_doubled: whether doubled quotes are in it.
const uint8_t *cscan_field(const cscan_block *block, size_t column, size_t row, size_t *count, int *has_doubled);

// A word of at most 16 bytes, padded with zeros: equal exactly if the words are, as text holds no zero byte.
typedef struct {
  uint64_t low, high;
} cscan_key;

// Words with their numbers, by hash, at most `CSCAN_PROBES` behind the place that the hash names. -1: free.
enum { CSCAN_WORDS = 256, CSCAN_PROBES = 4 };
typedef struct {
  cscan_key key;
  int64_t code;
} cscan_word;

// 0 if the word has more than 16 bytes.
static inline __attribute__((always_inline)) int cscan_short_key(const uint8_t *text, size_t count, cscan_key *key) {
  if (count > 16) return 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  // Loads overlap rather than reach beyond the word.
  key->high = 0;
  if (count >= 8) {
    uint64_t end;
    __builtin_memcpy(&key->low, text, 8);
    __builtin_memcpy(&end, text + count - 8, 8);
    if (count > 8) key->high = end >> 8 * (16 - count);
  } else if (count >= 4) {
    uint32_t start, end;
    __builtin_memcpy(&start, text, 4);
    __builtin_memcpy(&end, text + count - 4, 4);
    key->low = start | (uint64_t)end << 8 * (count - 4);
  } else {
    key->low = count == 0 ? 0
                          : text[0] | (uint64_t)text[count >> 1] << 8 * (count >> 1) |
                              (uint64_t)text[count - 1] << 8 * (count - 1);
  }
#else
  uint8_t bytes[16] = {0};
  __builtin_memcpy(bytes, text, count);
  __builtin_memcpy(key, bytes, 16);
#endif
  return 1;
}

// Where a word may stand first.
#define CSCAN_PLACE_OF_HIGH 0xD6E8FEB86659FD93ull
#define CSCAN_PLACE 0xA0761D6478BD642Full
static inline __attribute__((always_inline)) size_t cscan_place(cscan_key key) {
  return (size_t)(((key.low ^ (key.high * CSCAN_PLACE_OF_HIGH)) * CSCAN_PLACE) >> 56);
}

// A 64-bit hash of a short byte string, for tables in memory; never stored.
static inline __attribute__((always_inline)) uint64_t cscan_fold(uint64_t value) {
  unsigned __int128 product = (unsigned __int128)value * 0xA0761D6478BD642Full;
  return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static inline __attribute__((always_inline)) uint64_t cscan_hash(const uint8_t *text, size_t count) {
  // The count goes to all bits, so that no word of another length undoes the difference.
  uint64_t state = (count + 1) * 0x9E3779B97F4A7C15ull, word;
  size_t at = 0;
  for (; at + 8 <= count; at += 8) {
    __builtin_memcpy(&word, text + at, 8);
    state = cscan_fold(state ^ word);
  }
  if (at < count) {
    // Loads overlap rather than reach beyond the word.
    if (count >= 8) {
      __builtin_memcpy(&word, text + count - 8, 8);
    } else if (count >= 4) {
      uint32_t low, high;
      __builtin_memcpy(&low, text, 4);
      __builtin_memcpy(&high, text + count - 4, 4);
      word = low | (uint64_t)high << 32;
    } else {
      word = text[0] | (uint64_t)text[count >> 1] << 8 | (uint64_t)text[count - 1] << 16;
    }
    state = cscan_fold(state ^ word ^ 0xD6E8FEB86659FD93ull);
  }
  return cscan_fold(state);
}

// Whether two stretches of `count` bytes are the same.
static inline __attribute__((always_inline)) int cscan_equal(const uint8_t *a, const uint8_t *b, size_t count) {
  uint64_t x, y;
  if (count < 8) {
    for (size_t at = 0; at < count; at++)
      if (a[at] != b[at]) return 0;
    return 1;
  }
  for (size_t at = 0; at + 8 < count; at += 8) {
    __builtin_memcpy(&x, a + at, 8);
    __builtin_memcpy(&y, b + at, 8);
    if (x != y) return 0;
  }
  __builtin_memcpy(&x, a + count - 8, 8);
  __builtin_memcpy(&y, b + count - 8, 8);
  return x == y;
}

// The functions below read one of the columns asked for, counted from 0, from row `from` on and return the first row that they leave
// to the caller, or `rows`.

// Decimals: an optional minus, at most 19 digits and a point, an optional exponent. Correctly rounded. An empty field is NaN.
// Leaves everything else.
size_t cscan_decimals(const cscan_block *block, size_t column, size_t from, double *values);

// 0 and 1, and true, false, yes, no and their first letters in any case; an empty field is NaN. Leaves everything else.
size_t cscan_bits(const cscan_block *block, size_t column, size_t from, double *values);

// Numbers of words that are in the table; leaves others, empty ones and those with doubled quotes. first: CSCAN_PROBES of the
// table's. number: how many words there are, those that are not in the table too.
size_t cscan_codes(
  const cscan_block *block, size_t column, size_t from, const cscan_word *first, const cscan_word *words, size_t number,
  int32_t *codes);

// Hashes of fields, quotes around them left out; leaves empty ones.
size_t cscan_hashes(const cscan_block *block, size_t column, size_t from, uint64_t *hashes);

// Whether every field is behind the one before it: longer, or as long and later in the order of bytes; returns the first
// row of which this is not so, or whose field is empty. `last`, `last_count`: the field before row `from`, nothing before
// the first; then the last one that is in order.
size_t cscan_ascending(
  const cscan_block *block, size_t column, size_t from, const uint8_t **last, size_t *last_count);

// The first empty field from `from` on.
size_t cscan_filled(const cscan_block *block, size_t column, size_t from);

// How times are counted, and read where no zone is written.
typedef struct {
  int64_t per_second;  // 1, or 1,000,000; what is finer is cut off
  int is_utc;          // those without a zone are of UTC; else they are left
} cscan_clock;

// Times since 1970 (UTC): Unix times of ten digits, and dates and times such as 2026-11-23, 2026-11-23T14:05:09Z and
// 2026-11-23 14:05:09.250+01:00. Leaves everything else.
size_t cscan_times(const cscan_block *block, size_t column, size_t from, cscan_clock clock, int64_t *times);

// MARK: - Rows by their code

// How many rows have one code, and how many the other; whether the value of any row is missing (NaN).
typedef struct {
  size_t first, second;
  int has_gaps;
} cscan_parted;

// The values of the rows with each of two codes, in their order. of_first, of_second: room for those, and eight more.
cscan_parted cscan_part(
  const double *values, const int32_t *codes, size_t rows, int32_t first, int32_t second, int level, double *of_first,
  double *of_second);

// The fields of the rows with each of two codes, in their order; has_gaps: whether that of any row is empty or CSCAN_LONG.
// of_first, of_second: room for those, and CSCAN_SPARE more.
cscan_parted cscan_part_spans(
  const cscan_block *block, size_t column, const int32_t *codes, int32_t first, int32_t second, cscan_span *of_first,
  cscan_span *of_second);

// The values of the rows with one code, in their order; returns how many those are. chosen: room for them, and one more.
size_t cscan_select_codes(
  const int32_t *values, const int32_t *codes, size_t rows, int32_t code, int level, int32_t *chosen);

// Makes a code c, 0 or more, of a row without a value (NaN) into -1 - c. Returns how many values are missing.
size_t cscan_mark_gaps(const double *values, size_t rows, int level, int32_t *codes);

#endif
