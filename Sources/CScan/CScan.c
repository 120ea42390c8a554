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

CSCAN_TARGET CSCAN_INLINE void step_avx2(
  scan_state *s, const uint8_t *text, uint64_t valid, uint8_t delimiter, uint32_t offset, uint32_t *ends) {
  __m256i low = _mm256_loadu_si256((const __m256i *)text);
  __m256i high = _mm256_loadu_si256((const __m256i *)(text + 32));
  masks m;
  m.quote = equal(low, high, _mm256_set1_epi8('"')) & valid;
  m.delimiter = equal(low, high, _mm256_set1_epi8((char)delimiter));
  m.line_feed = equal(low, high, _mm256_set1_epi8('\n'));
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

// MARK: - Decimals

static const double powers[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9, 1e10,
                                1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

// Whether text[0..<count], count > 0, is a plain decimal of at most 18 digits below 2^53.
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

size_t cscan_decimals(
  const uint8_t *text, const uint32_t *ends, size_t columns, size_t column, int has_returns, size_t from, size_t rows,
  double *values, size_t stride) {
  int may_return = has_returns && column == columns - 1;
  for (size_t row = from; row < rows; row++) {
    size_t index = row * columns + column;
    size_t low = index ? ends[index - 1] + 1 : 0, high = ends[index];
    if (may_return && high > low && text[high - 1] == '\r') high--;
    if (low == high) {
      values[row * stride] = __builtin_nan("");
    } else if (!decimal(text + low, high - low, values + row * stride)) {
      return row;
    }
  }
  return rows;
}

// MARK: - Choice at run time

cscan_result cscan_index(const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends) {
#if CSCAN_X86
  if (has_avx2()) return index_avx2(text, count, delimiter, ends);
#endif
  return cscan_index_portable(text, count, delimiter, ends);
}

size_t cscan_quotes(const uint8_t *text, size_t count) {
#if CSCAN_X86
  if (has_avx2()) return quotes_avx2(text, count);
#endif
  return cscan_quotes_portable(text, count);
}
