#include "CScan.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define CSCAN_X86 1
#define CSCAN_TARGET __attribute__((target("avx2,pclmul,bmi,bmi2,popcnt,lzcnt")))
#endif
#define CSCAN_INLINE static inline __attribute__((always_inline))

// One bit a byte, the first byte lowest.
typedef struct {
  uint64_t quote, delimiter, line_feed, carriage_return, nul, not_ascii;
} masks;

// What one block has to know of the bytes before it, and what was seen so far.
typedef struct {
  uint64_t inside;         // all ones inside quotes, else zero
  uint64_t may_open;       // 1 if a quote may open a field here (or double the one before)
  uint64_t after_closing;  // 1 if the byte before closed a field
  uint64_t after_return;   // 1 if the byte before was a return outside quotes
  uint64_t quote, carriage_return, not_ascii, nul, misplaced;
  size_t separators, line_feeds;
} scan_state;

// The lowest `count` bits.
CSCAN_INLINE uint64_t lowest(size_t count) { return count >= 64 ? ~0ull : (1ull << count) - 1; }

CSCAN_INLINE void flatten(uint64_t bits, uint32_t base, uint32_t *out, size_t count) {
  // Eight at once without a branch for the usual case; what is written too much is written over.
  for (int i = 0; i < 8; i++) {
    out[i] = base + (uint32_t)__builtin_ctzll(bits | (1ull << 63));
    bits &= bits - 1;
  }
  if (__builtin_expect(count > 8, 0)) {
    for (int i = 8; i < 16; i++) {
      out[i] = base + (uint32_t)__builtin_ctzll(bits | (1ull << 63));
      bits &= bits - 1;
    }
    for (size_t i = 16; i < count; i++) {
      out[i] = base + (uint32_t)__builtin_ctzll(bits);
      bits &= bits - 1;
    }
  }
}

// Takes 64 classified bytes and writes the separators among them. `prefix` is the prefix exclusive or of the quotes' mask.
CSCAN_INLINE void step(scan_state *s, masks m, uint64_t valid, uint64_t prefix, uint32_t offset, uint32_t *ends) {
  uint64_t inside = prefix ^ s->inside;
  uint64_t outside = ~inside & valid;
  uint64_t line_feed = m.line_feed & outside;
  uint64_t separator = (m.delimiter & outside) | line_feed;
  uint64_t carriage_return = m.carriage_return & outside;
  uint64_t opening = m.quote & inside, closing = m.quote & ~inside;

  uint64_t may_open = ((separator | closing) << 1) | s->may_open;
  uint64_t after_closing = (closing << 1) | s->after_closing;
  uint64_t after_return = (carriage_return << 1) | s->after_return;
  s->misplaced |= (opening & ~may_open) | (after_closing & ~(separator | m.quote | carriage_return) & valid) |
                  (after_return & ~line_feed & valid);

  s->inside = (uint64_t)((int64_t)inside >> 63);
  s->may_open = (separator | closing) >> 63;
  s->after_closing = closing >> 63;
  s->after_return = carriage_return >> 63;
  s->quote |= m.quote;
  s->carriage_return |= carriage_return;
  s->not_ascii |= m.not_ascii & valid;
  s->nul |= m.nul & valid;

  size_t count = (size_t)__builtin_popcountll(separator);
  flatten(separator, offset, ends + s->separators, count);
  s->separators += count;
  s->line_feeds += (size_t)__builtin_popcountll(line_feed);
}

CSCAN_INLINE cscan_result result(scan_state s) {
  uint32_t findings = (s.quote ? CSCAN_QUOTE : 0) | (s.carriage_return ? CSCAN_RETURN : 0) |
                      (s.not_ascii ? CSCAN_NOT_ASCII : 0) | (s.nul ? CSCAN_NUL : 0) |
                      (s.misplaced ? CSCAN_MISPLACED : 0);
  return (cscan_result){s.separators, s.line_feeds, findings};
}

// MARK: - Portable

CSCAN_INLINE masks classify_portable(const uint8_t *text, uint8_t delimiter) {
  masks m = {0, 0, 0, 0, 0, 0};
  for (int i = 0; i < 64; i++) {
    uint8_t byte = text[i];
    m.quote |= (uint64_t)(byte == '"') << i;
    m.delimiter |= (uint64_t)(byte == delimiter) << i;
    m.line_feed |= (uint64_t)(byte == '\n') << i;
    m.carriage_return |= (uint64_t)(byte == '\r') << i;
    m.nul |= (uint64_t)(byte == 0) << i;
    m.not_ascii |= (uint64_t)(byte >> 7) << i;
  }
  return m;
}

CSCAN_INLINE void step_portable(
  scan_state *s, const uint8_t *text, uint64_t valid, uint8_t delimiter, uint32_t offset, uint32_t *ends) {
  masks m = classify_portable(text, delimiter);
  m.quote &= valid;
  uint64_t prefix = m.quote;
  for (int shift = 1; shift < 64; shift *= 2) prefix ^= prefix << shift;
  step(s, m, valid, prefix, offset, ends);
}

cscan_result cscan_index_portable(const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends) {
  scan_state s = {.may_open = 1};
  size_t at = 0;
  for (; at + 64 <= count; at += 64) step_portable(&s, text + at, ~0ull, delimiter, (uint32_t)at, ends);
  if (at < count) {
    uint8_t last[64] = {0};
    memcpy(last, text + at, count - at);
    step_portable(&s, last, lowest(count - at), delimiter, (uint32_t)at, ends);
  }
  return result(s);
}

size_t cscan_quotes_portable(const uint8_t *text, size_t count) {
  size_t total = 0;
  for (size_t i = 0; i < count; i++) total += text[i] == '"';
  return total;
}

// MARK: - AVX2

#if CSCAN_X86
CSCAN_TARGET CSCAN_INLINE uint64_t equal(__m256i low, __m256i high, __m256i wanted) {
  uint64_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
  uint64_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
  return a | b << 32;
}

// The same as `flatten`, where zero has 64 trailing zeros.
CSCAN_TARGET CSCAN_INLINE void flatten_avx2(uint64_t bits, uint32_t base, uint32_t *out, size_t count) {
  for (size_t i = 0; i < 8; i++, bits = _blsr_u64(bits)) out[i] = base + (uint32_t)_tzcnt_u64(bits);
  if (count <= 8) return;
  for (size_t i = 8; i < 16; i++, bits = _blsr_u64(bits)) out[i] = base + (uint32_t)_tzcnt_u64(bits);
  for (size_t i = 16; i < count; i++, bits = _blsr_u64(bits)) out[i] = base + (uint32_t)_tzcnt_u64(bits);
}

// Bytes that need all of `step`: quotes, returns and NULs by their low four bits, and those of 0x80 or more by their high one.
CSCAN_TARGET CSCAN_INLINE __m256i unusual(__m256i bytes) {
  // Where no byte is meant, one that has other low bits.
  const __m256i by_low_bits = _mm256_setr_epi8(
    0, -1, '"', -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, '\r', -1, 0,  //
    0, -1, '"', -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, '\r', -1, 0);
  return _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(by_low_bits, bytes), bytes), bytes);
}

CSCAN_TARGET CSCAN_INLINE void step_avx2(
  scan_state *s, const uint8_t *text, uint64_t valid, uint8_t delimiter, uint32_t offset, uint32_t *ends) {
  __m256i low = _mm256_loadu_si256((const __m256i *)text);
  __m256i high = _mm256_loadu_si256((const __m256i *)(text + 32));
  masks m;
  m.delimiter = equal(low, high, _mm256_set1_epi8((char)delimiter));
  m.line_feed = equal(low, high, _mm256_set1_epi8('\n'));
  int is_usual = _mm256_movemask_epi8(_mm256_or_si256(unusual(low), unusual(high))) == 0;
  if (__builtin_expect(is_usual && (s->inside | s->after_closing | s->after_return) == 0, 1)) {
    uint64_t separator = m.delimiter | m.line_feed;
    s->may_open = separator >> 63;
    size_t count = (size_t)__builtin_popcountll(separator);
    flatten_avx2(separator, offset, ends + s->separators, count);
    s->separators += count;
    s->line_feeds += (size_t)__builtin_popcountll(m.line_feed);
    return;
  }
  m.quote = equal(low, high, _mm256_set1_epi8('"')) & valid;
  m.carriage_return = equal(low, high, _mm256_set1_epi8('\r'));
  m.nul = equal(low, high, _mm256_setzero_si256());
  m.not_ascii = (uint64_t)(uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
  __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)m.quote), _mm_set1_epi8(-1), 0);
  step(s, m, valid, (uint64_t)_mm_cvtsi128_si64(product), offset, ends);
}

CSCAN_TARGET static cscan_result index_avx2(const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends) {
  scan_state s = {.may_open = 1};
  size_t at = 0;
  for (; at + 64 <= count; at += 64) step_avx2(&s, text + at, ~0ull, delimiter, (uint32_t)at, ends);
  if (at < count) {
    uint8_t last[64] = {0};
    memcpy(last, text + at, count - at);
    step_avx2(&s, last, lowest(count - at), delimiter, (uint32_t)at, ends);
  }
  return result(s);
}

CSCAN_TARGET static size_t quotes_avx2(const uint8_t *text, size_t count) {
  const __m256i quote = _mm256_set1_epi8('"');
  __m256i sums = _mm256_setzero_si256();
  size_t at = 0;
  while (at + 32 <= count) {
    // A byte counts up to 255 before it is added to the sums.
    size_t stop = count - at > 32 * 255 ? at + 32 * 255 : at + ((count - at) & ~(size_t)31);
    __m256i hits = _mm256_setzero_si256();
    for (; at < stop; at += 32)
      hits = _mm256_sub_epi8(hits, _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(text + at)), quote));
    sums = _mm256_add_epi64(sums, _mm256_sad_epu8(hits, _mm256_setzero_si256()));
  }
  size_t total = (size_t)(_mm256_extract_epi64(sums, 0) + _mm256_extract_epi64(sums, 1) +
                          _mm256_extract_epi64(sums, 2) + _mm256_extract_epi64(sums, 3));
  return total + cscan_quotes_portable(text + at, count - at);
}

static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi2");
}
#endif

// MARK: - Columns

typedef struct {
  const uint8_t *text;
  size_t count;
  int quoted;
} field;

CSCAN_INLINE field field_at(const cscan_block *block, size_t row, size_t column) {
  size_t index = row * block->columns + column;
  size_t low = (uint32_t)(block->ends[(ptrdiff_t)index - 1] + 1), high = block->ends[index];
  if (block->has_returns && column == block->columns - 1 && high > low && block->text[high - 1] == '\r') high--;
  int quoted = block->has_quotes && high > low && block->text[low] == '"';
  return (field){block->text + low + quoted, high - low - 2 * (size_t)quoted, quoted};
}

// The columns' functions are compiled twice: that fields are not quoted and rows end in a line feed alone, once it is known,
// leaves out what asks for it.
#define CSCAN_PLAIN_OR_NOT(block, given, work)                          \
  cscan_block block = *(given);                                         \
  if (block.has_quotes || block.has_returns) return (work);             \
  block.has_quotes = block.has_returns = 0;                             \
  return (work)

static const double powers[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9, 1e10,
                                1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

// Whether text[0..<count], count > 0, is a plain decimal of at most 18 digits below 2^53. One byte at a time.
CSCAN_INLINE int decimal(const uint8_t *text, size_t count, double *value) {
  int negative = text[0] == '-';
  size_t at = (size_t)negative, point = count;
  if (count - at > 18) return 0;
  uint64_t digits = 0;
  for (; at < count; at++) {
    uint8_t digit = (uint8_t)(text[at] - '0');
    if (digit < 10) {
      digits = digits * 10 + digit;
    } else if (text[at] == '.' && point == count) {
      point = at;
    } else {
      return 0;
    }
  }
  size_t fraction = point == count ? 0 : count - point - 1;
  // A sign or a point alone is no number.
  if (count - (size_t)negative - (point != count) == 0 || digits >= 1ull << 53) return 0;
  double magnitude = (double)(int64_t)digits;
  if (fraction) magnitude /= powers[fraction];
  *value = negative ? -magnitude : magnitude;
  return 1;
}

#define CSCAN_EACH(byte) (0x0101010101010101ull * (byte))

// Whether all eight bytes are digits.
CSCAN_INLINE int eight_digits(uint64_t word) {
  return (((word & CSCAN_EACH(0xF0)) ^ CSCAN_EACH(0x30)) | (((word + CSCAN_EACH(0x06)) & CSCAN_EACH(0xF0)) ^ CSCAN_EACH(0x30))) == 0;
}

// The number that eight digits make, the first in the lowest byte: pairs, then fours, then all.
CSCAN_INLINE uint64_t value_of_eight(uint64_t word) {
  word = (word & CSCAN_EACH(0x0F)) * 2561 >> 8;
  word = (word & 0x00FF00FF00FF00FFull) * 6553601 >> 16;
  return (word & 0x0000FFFF0000FFFFull) * 42949672960001ull >> 32;
}

// The same as `decimal` for at most eight bytes, of which eight can be read; without a loop. Little-endian.
CSCAN_INLINE int short_decimal(const uint8_t *text, size_t count, double *value) {
  uint64_t word;
  memcpy(&word, text, 8);
  uint64_t negative = (word & 0xFF) == '-';
  word ^= negative * ('-' ^ '0');
  // The last byte goes to the top, digits 0 before the first.
  unsigned shift = 8 * (8 - (unsigned)count);
  word = word << shift | (CSCAN_EACH(0x30) & ~(~0ull << shift));
  uint64_t other = word ^ CSCAN_EACH('.');
  uint64_t points = (other - CSCAN_EACH(0x01)) & ~other & CSCAN_EACH(0x80);
  size_t fraction = 0, digits = count - negative;
  if (points) {
    unsigned point = (unsigned)__builtin_ctzll(points) & ~7u;
    uint64_t before = word & ((1ull << point) - 1);
    // Above the point as it is, below it one byte up.
    word = (word & (~0xFFull << point)) | before << 8 | '0';
    fraction = 7 - point / 8;
    digits--;
  }
  if (digits == 0 || !eight_digits(word)) return 0;
  double magnitude = (double)(int64_t)value_of_eight(word);
  if (fraction) magnitude /= powers[fraction];
  *value = negative ? -magnitude : magnitude;
  return 1;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CSCAN_WORDWISE 1
#else
#define CSCAN_WORDWISE 0
#endif

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
  return CSCAN_WORDWISE && f.count <= 8 && f.text + 8 <= limit ? short_decimal(f.text, f.count, value)
                                                               : decimal(f.text, f.count, value);
}

// Rows `from` to `to` one by one.
CSCAN_INLINE size_t decimals(const cscan_block *block, size_t column, size_t from, size_t to, double *values) {
  for (size_t row = from; row < to; row++)
    if (!number(field_at(block, row, column), block->limit, values + row)) return row;
  return to;
}

#if CSCAN_X86
CSCAN_TARGET CSCAN_INLINE __m256i four_words(const field f[4]) {
  __m128i a = _mm_loadl_epi64((const __m128i *)f[0].text), b = _mm_loadl_epi64((const __m128i *)f[1].text);
  __m128i c = _mm_loadl_epi64((const __m128i *)f[2].text), d = _mm_loadl_epi64((const __m128i *)f[3].text);
  return _mm256_set_m128i(_mm_unpacklo_epi64(c, d), _mm_unpacklo_epi64(a, b));
}

// `short_decimal` for four fields at once, an empty one among them too; 0 if one of them is no plain decimal.
CSCAN_TARGET CSCAN_INLINE int four_decimals(const field f[4], double *values) {
  const __m256i ones = _mm256_set1_epi64x(-1), zeros = _mm256_set1_epi8('0'), nine = _mm256_set1_epi8(9);
  __m256i count = _mm256_set_epi64x((int64_t)f[3].count, (int64_t)f[2].count, (int64_t)f[1].count, (int64_t)f[0].count);
  __m256i is_empty = _mm256_cmpeq_epi64(count, _mm256_setzero_si256());
  __m256i word = four_words(f);
  __m256i first = _mm256_and_si256(word, _mm256_set1_epi64x(0xFF));
  __m256i negative = _mm256_andnot_si256(is_empty, _mm256_cmpeq_epi64(first, _mm256_set1_epi64x('-')));
  word = _mm256_xor_si256(word, _mm256_and_si256(negative, _mm256_set1_epi64x('-' ^ '0')));
  // The last byte goes to the top, digits 0 before the first; a shift by 64 leaves nothing.
  __m256i shift = _mm256_sub_epi64(_mm256_set1_epi64x(64), _mm256_slli_epi64(count, 3));
  word = _mm256_or_si256(_mm256_sllv_epi64(word, shift), _mm256_andnot_si256(_mm256_sllv_epi64(ones, shift), zeros));

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
  if (_mm256_movemask_epi8(_mm256_and_si256(are_digits, has_digit)) != -1) return 0;

  // Pairs, then fours, then all eight; an integer below 2^52 is the fraction of a double between 2^52 and 2^53.
  __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(10 | 1 << 8));
  __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(100 | 1 << 16));
  __m256i all = _mm256_add_epi64(_mm256_mul_epu32(fours, _mm256_set1_epi64x(10000)), _mm256_srli_epi64(fours, 32));
  const __m256d two_52 = _mm256_set1_pd(0x1p52);
  __m256d number = _mm256_sub_pd(_mm256_or_pd(_mm256_castsi256_pd(all), two_52), two_52);
  // Mostly all have as many decimals. Without a point `point` is 0 and its trailing zeros are 64.
  uint64_t same = (uint64_t)_mm256_extract_epi64(point, 0);
  if (_mm256_movemask_epi8(_mm256_cmpeq_epi64(point, _mm256_set1_epi64x((int64_t)same))) == -1) {
    if (same) number = _mm256_div_pd(number, _mm256_set1_pd(powers[7 - _tzcnt_u64(same) / 8]));
  } else {
    uint64_t each[4];
    _mm256_storeu_si256((__m256i *)each, point);
    double scale[4];
    for (int i = 0; i < 4; i++) scale[i] = each[i] ? powers[7 - _tzcnt_u64(each[i]) / 8] : 1;
    number = _mm256_div_pd(number, _mm256_loadu_pd(scale));
  }
  number = _mm256_or_pd(number, _mm256_and_pd(_mm256_castsi256_pd(negative), _mm256_set1_pd(-0.0)));
  number = _mm256_blendv_pd(number, _mm256_set1_pd(__builtin_nan("")), _mm256_castsi256_pd(is_empty));
  _mm256_storeu_pd(values, number);
  return 1;
}

CSCAN_TARGET CSCAN_INLINE size_t decimals_by_four(
  const cscan_block *block, size_t column, size_t from, double *values) {
  size_t row = from;
  for (; row + 4 <= block->rows; row += 4) {
    field f[4];
    for (size_t i = 0; i < 4; i++) f[i] = field_at(block, row + i, column);
    int are_short = f[0].count <= 8 && f[1].count <= 8 && f[2].count <= 8 && f[3].count <= 8;
    if (are_short && f[3].text + 8 <= block->limit && four_decimals(f, values + row)) continue;
    size_t stop = decimals(block, column, row, row + 4, values);
    if (stop < row + 4) return stop;
  }
  return decimals(block, column, row, block->rows, values);
}

CSCAN_TARGET static size_t decimals_avx2(const cscan_block *given, size_t column, size_t from, double *values) {
  CSCAN_PLAIN_OR_NOT(block, given, decimals_by_four(&block, column, from, values));
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

// With `number` words among the first ones, which is known when it is compiled.
CSCAN_INLINE size_t codes_among(
  const cscan_block *block, size_t column, size_t from, const cscan_word *first, int number, const cscan_word *words,
  int32_t *codes) {
  cscan_word few[CSCAN_PROBES];
  memcpy(few, first, sizeof few);
  for (size_t row = from; row < block->rows; row++) {
    field f = field_at(block, row, column);
    cscan_key key;
    if (f.count == 0) return row;
    if (CSCAN_WORDWISE && f.count <= 16 && f.text + 16 <= block->limit) {
      key = key_of(f.text, f.count);
    } else if (!cscan_short_key(f.text, f.count, &key)) {
      return row;
    }
    if (f.quoted && memchr(f.text, '"', f.count)) return row;
    // Among few words there is no branch to guess.
    int64_t code = -1;
    for (int i = 0; i < number; i++)
      code = ((few[i].key.low ^ key.low) | (few[i].key.high ^ key.high)) == 0 ? few[i].code : code;
    if (code < 0) code = code_in_table(words, key);
    if (code < 0) return row;
    codes[row] = (int32_t)code;
  }
  return block->rows;
}

size_t cscan_codes(
  const cscan_block *given, size_t column, size_t from, const cscan_word *first, const cscan_word *words,
  int32_t *codes) {
  // Most experiments have two arms.
  if (first[2].code < 0) {
    CSCAN_PLAIN_OR_NOT(block, given, codes_among(&block, column, from, first, 2, words, codes));
  }
  CSCAN_PLAIN_OR_NOT(block, given, codes_among(&block, column, from, first, CSCAN_PROBES, words, codes));
}

size_t cscan_filled(const cscan_block *given, size_t column, size_t from) {
  const cscan_block block = *given;
  for (size_t row = from; row < block.rows; row++)
    if (field_at(&block, row, column).count == 0) return row;
  return block.rows;
}

CSCAN_INLINE size_t bits(const cscan_block *block, size_t column, size_t from, double *values) {
  for (size_t row = from; row < block->rows; row++) {
    field f = field_at(block, row, column);
    uint8_t digit = f.count == 1 ? (uint8_t)(f.text[0] - '0') : 2;
    if (digit < 2) {
      values[row] = digit;
    } else if (f.count == 0) {
      values[row] = __builtin_nan("");
    } else {
      return row;
    }
  }
  return block->rows;
}

size_t cscan_bits(const cscan_block *given, size_t column, size_t from, double *values) {
  CSCAN_PLAIN_OR_NOT(block, given, bits(&block, column, from, values));
}

size_t cscan_hashes(const cscan_block *given, size_t column, size_t from, uint64_t *hashes) {
  const cscan_block block = *given;
  for (size_t row = from; row < block.rows; row++) {
    field f = field_at(&block, row, column);
    if (f.count == 0) return row;
    hashes[row] = cscan_hash(f.text, f.count);
  }
  return block.rows;
}

// Whether a is before b in the order of bytes; both of `count`.
CSCAN_INLINE int is_before(const uint8_t *a, const uint8_t *b, size_t count) {
  uint64_t x, y;
  if (!CSCAN_WORDWISE || count < 8) return memcmp(a, b, count) < 0;
  for (size_t at = 0; at + 8 < count; at += 8) {
    memcpy(&x, a + at, 8);
    memcpy(&y, b + at, 8);
    if (x != y) return __builtin_bswap64(x) < __builtin_bswap64(y);
  }
  memcpy(&x, a + count - 8, 8);
  memcpy(&y, b + count - 8, 8);
  return __builtin_bswap64(x) < __builtin_bswap64(y);
}

size_t cscan_ascending(
  const cscan_block *given, size_t column, size_t from, const uint8_t **last, size_t *last_count) {
  const cscan_block block = *given;
  const uint8_t *before = *last;
  size_t count = *last_count, row = from;
  for (; row < block.rows; row++) {
    field f = field_at(&block, row, column);
    // Nothing is shorter than a field that has something.
    if (f.count < count || f.count == 0 || (f.count == count && !is_before(before, f.text, count))) break;
    before = f.text;
    count = f.count;
  }
  *last = before;
  *last_count = count;
  return row;
}

size_t cscan_unix_times(const cscan_block *given, size_t column, size_t from, int64_t *seconds) {
  const cscan_block block = *given;
  for (size_t row = from; row < block.rows; row++) {
    field f = field_at(&block, row, column);
    if (!CSCAN_WORDWISE || f.count != 10) return row;
    uint8_t first = (uint8_t)(f.text[0] - '0'), second = (uint8_t)(f.text[1] - '0');
    uint64_t word;
    memcpy(&word, f.text + 2, 8);
    // Less than 1e8 is no Unix time here.
    if (first > 9 || second > 9 || (first | second) == 0 || !eight_digits(word)) return row;
    seconds[row] = (int64_t)(first * 10 + second) * 100000000 + (int64_t)value_of_eight(word);
  }
  return block.rows;
}

// MARK: - Choice at run time

cscan_result cscan_index(const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends) {
#if CSCAN_X86
  if (has_avx2()) return index_avx2(text, count, delimiter, ends);
#endif
  return cscan_index_portable(text, count, delimiter, ends);
}

size_t cscan_decimals(const cscan_block *block, size_t column, size_t from, double *values) {
#if CSCAN_X86
  if (!block->is_portable && has_avx2()) return decimals_avx2(block, column, from, values);
#endif
  return decimals(block, column, from, block->rows, values);
}

size_t cscan_quotes(const uint8_t *text, size_t count) {
#if CSCAN_X86
  if (has_avx2()) return quotes_avx2(text, count);
#endif
  return cscan_quotes_portable(text, count);
}
