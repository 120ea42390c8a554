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

// Writes the offsets of all delimiters and line feeds outside quotes to `ends`, ascending.
//
// text: begins where a record begins. count: less than 2^32 - 64. ends: room for count + 64 numbers.
// Nothing behind text[count - 1] is read.
cscan_result cscan_index(const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends);

// The same in portable C.
cscan_result cscan_index_portable(const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends);

// Number of quotes among `count` bytes.
size_t cscan_quotes(const uint8_t *text, size_t count);

// The same in portable C.
size_t cscan_quotes_portable(const uint8_t *text, size_t count);

// Asks for a place in memory that will be read soon.
static inline __attribute__((always_inline)) void cscan_prefetch(const void *place) { __builtin_prefetch(place); }

// Reads a column of plain decimals: an optional minus, digits, at most one point, in all few enough that one division of
// two exact doubles rounds correctly (Clinger 1990). An empty field is NaN. The rest is for the caller.
//
// text, ends: of cscan_index. columns: fields a row. has_returns: rows may end in CR LF. values: of row 0, `stride` apart.
// Returns the first row from `from` on whose field is something else, or `rows`.
size_t cscan_decimals(
  const uint8_t *text, const uint32_t *ends, size_t columns, size_t column, int has_returns, size_t from, size_t rows,
  double *values, size_t stride);

#endif
