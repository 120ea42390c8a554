// Where fields end.
#include "CScan.h"
#include "CHash.h"
// Not among the other's public headers, which Swift reads: it would not understand the vectors.
#include "../CHash/CHashFolding.h"
#include "Targets.h"

#include <string.h>

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

#define CSCAN_EACH(byte) (0x0101010101010101ull * (byte))

// The high bits of eight bytes as eight bits, the first byte lowest.
CSCAN_INLINE uint64_t high_bits(uint64_t word) { return (word >> 7 & CSCAN_EACH(1)) * 0x0102040810204080ull >> 56; }

// Which of eight bytes are zero, as eight bits: the sum carries into the high bit of every byte that has low ones.
CSCAN_INLINE uint64_t zeros(uint64_t word) {
  return high_bits(~(((word & CSCAN_EACH(0x7F)) + CSCAN_EACH(0x7F)) | word));
}

CSCAN_INLINE masks classify_portable(const uint8_t *text, uint8_t delimiter) {
  masks m = {0, 0, 0, 0, 0, 0};
  for (int i = 0; i < 64; i += 8) {
    uint64_t word;
    memcpy(&word, text + i, 8);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    m.quote |= zeros(word ^ CSCAN_EACH('"')) << i;
    m.delimiter |= zeros(word ^ CSCAN_EACH(delimiter)) << i;
    m.line_feed |= zeros(word ^ CSCAN_EACH('\n')) << i;
    m.carriage_return |= zeros(word ^ CSCAN_EACH('\r')) << i;
    m.nul |= zeros(word) << i;
    m.not_ascii |= high_bits(word) << i;
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

static cscan_result index_portable(const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends) {
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

static size_t quotes_portable(const uint8_t *text, size_t count) {
  size_t total = 0;
  for (size_t i = 0; i < count; i++) total += text[i] == '"';
  return total;
}

// MARK: - AVX2

#if CSCAN_X86
CSCAN_AVX2_TARGET CSCAN_INLINE uint64_t equal(__m256i low, __m256i high, __m256i wanted) {
  uint64_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
  uint64_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
  return a | b << 32;
}

// The same as `flatten`, where zero has 64 trailing zeros.
CSCAN_AVX2_TARGET CSCAN_INLINE void flatten_avx2(uint64_t bits, uint32_t base, uint32_t *out, size_t count) {
  for (size_t i = 0; i < 8; i++, bits = _blsr_u64(bits)) out[i] = base + (uint32_t)_tzcnt_u64(bits);
  if (count <= 8) return;
  for (size_t i = 8; i < 16; i++, bits = _blsr_u64(bits)) out[i] = base + (uint32_t)_tzcnt_u64(bits);
  for (size_t i = 16; i < count; i++, bits = _blsr_u64(bits)) out[i] = base + (uint32_t)_tzcnt_u64(bits);
}

// Bytes that need all of `step`: quotes, returns and NULs by their low four bits, and those of 0x80 or more by their high one.
CSCAN_AVX2_TARGET CSCAN_INLINE __m256i unusual(__m256i bytes) {
  // Where no byte is meant, one that has other low bits.
  const __m256i by_low_bits = _mm256_setr_epi8(
    0, -1, '"', -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, '\r', -1, 0,  //
    0, -1, '"', -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, '\r', -1, 0);
  return _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(by_low_bits, bytes), bytes), bytes);
}

CSCAN_AVX2_TARGET CSCAN_INLINE void step_avx2(
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

CSCAN_AVX2_TARGET static cscan_result index_avx2(const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends) {
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

CSCAN_AVX2_TARGET static size_t quotes_avx2(const uint8_t *text, size_t count) {
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
  return total + quotes_portable(text + at, count - at);
}

// MARK: - AVX-512

// Here it costs nothing to mark the separators that are line feeds.

// As `unusual`: a zero where a byte is one of those with a low half of their own; others of them have their high bit set.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i zero_if_unusual(__m512i bytes) {
  const __m512i by_low_bits = _mm512_broadcast_i32x4(
    _mm_setr_epi8(0, -1, '"', -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, '\r', -1, 0));
  return _mm512_xor_si512(_mm512_shuffle_epi8(by_low_bits, bytes), bytes);
}

CSCAN_AVX512_TARGET CSCAN_INLINE int is_usual(__m512i zero_if_unusual, __m512i bytes) {
  return (_mm512_testn_epi8_mask(zero_if_unusual, zero_if_unusual) | _mm512_movepi8_mask(bytes)) == 0;
}

CSCAN_INLINE int is_quiet(const scan_state *s) { return (s->inside | s->after_closing | s->after_return) == 0; }

// Writes the separators of 64 usual bytes outside quotes, and returns their mask. offsets: sixteen times that of the first byte.
CSCAN_AVX512_TARGET CSCAN_INLINE uint64_t write_separators(
  scan_state *s, __m512i bytes, uint64_t valid, uint8_t delimiter, __m512i offsets, uint32_t *ends) {
  __mmask64 line_feed = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
  __mmask64 separator = (_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)delimiter)) | line_feed) & valid;
  // The separators' places come together at the front, those of line feeds as negative numbers; sixteen are written at once, what
  // is too much is written over.
  static const uint8_t places[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                     22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
                                     44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
  __m512i all = _mm512_loadu_si512(places);
  all = _mm512_mask_blend_epi8(line_feed, all, _mm512_or_si512(all, _mm512_set1_epi8(-128)));
  __m512i found = _mm512_maskz_compress_epi8(separator, all);
  size_t count = (size_t)__builtin_popcountll(separator);
  uint32_t *out = ends + s->separators;
  // The sign and the place in 64, and where those begin.
  const __m512i sign_and_place = _mm512_set1_epi32((int)(CSCAN_LINE_FEED | 63));
#define CSCAN_WRITE(part)                                                                                       \
  _mm512_storeu_si512(                                                                                          \
    out + 16 * (part), _mm512_ternarylogic_epi32(                                                               \
                         _mm512_cvtepi8_epi32(_mm512_extracti32x4_epi32(found, part)), sign_and_place, offsets, 0xEA))
  CSCAN_WRITE(0);
  if (__builtin_expect(count > 16, 0)) {
    CSCAN_WRITE(1);
    if (count > 32) {
      CSCAN_WRITE(2);
      CSCAN_WRITE(3);
    }
  }
#undef CSCAN_WRITE
  s->separators += count;
  s->line_feeds += (size_t)__builtin_popcountll(line_feed);
  return separator;
}

CSCAN_AVX512_TARGET CSCAN_INLINE void step_avx512(
  scan_state *s, __m512i bytes, uint64_t valid, uint8_t delimiter, uint32_t offset, uint32_t *ends) {
  if (__builtin_expect(is_quiet(s) && is_usual(zero_if_unusual(bytes), bytes), 1)) {
    s->may_open = write_separators(s, bytes, valid, delimiter, _mm512_set1_epi32((int)offset), ends) >> 63;
    return;
  }
  masks m;
  m.delimiter = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)delimiter));
  m.line_feed = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
  m.not_ascii = _mm512_movepi8_mask(bytes);
  m.quote = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) & valid;
  m.carriage_return = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r'));
  m.nul = _mm512_testn_epi8_mask(bytes, bytes);
  __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)m.quote), _mm_set1_epi8(-1), 0);
  size_t before = s->separators;
  step(s, m, valid, (uint64_t)_mm_cvtsi128_si64(product), offset, ends);
  for (size_t i = before; i < s->separators; i++) ends[i] |= (uint32_t)(m.line_feed >> (ends[i] - offset)) << 31;
}

// 256 bytes, of which mostly none is unusual: one look for all of them.
CSCAN_AVX512_TARGET CSCAN_INLINE void four_steps_avx512(
  scan_state *s, const uint8_t *text, uint8_t delimiter, uint32_t offset, uint32_t *ends) {
#define CSCAN_BYTES(i) _mm512_loadu_si512(text + 64 * (i))
  __m512i some = _mm512_setzero_si512(), least = _mm512_set1_epi8(-1);
  for (int i = 0; i < 4; i++) {
    some = _mm512_or_si512(some, CSCAN_BYTES(i));
    least = _mm512_min_epu8(least, zero_if_unusual(CSCAN_BYTES(i)));
  }
  if (__builtin_expect(!is_quiet(s) || !is_usual(least, some), 0)) {
    for (uint32_t i = 0; i < 4; i++) step_avx512(s, CSCAN_BYTES(i), ~0ull, delimiter, offset + 64 * i, ends);
    return;
  }
  __m512i offsets = _mm512_set1_epi32((int)offset);
  uint64_t separators = 0;
  for (int i = 0; i < 4; i++) {
    separators = write_separators(s, CSCAN_BYTES(i), ~0ull, delimiter, offsets, ends);
    offsets = _mm512_add_epi32(offsets, _mm512_set1_epi32(64));
  }
  s->may_open = separators >> 63;
#undef CSCAN_BYTES
}

// The checksum is of what follows the first `from` bytes: products of the one and comparisons of the other go side by side.
CSCAN_AVX512_TARGET static cscan_result index_avx512(
  const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends, size_t from, uint64_t *crc) {
  scan_state s = {.may_open = 1};
  size_t at = 0;
  const size_t whole = (from + 255) & ~(size_t)255;
  if (whole + 256 <= count) {
    for (; at <= whole; at += 256) four_steps_avx512(&s, text + at, delimiter, (uint32_t)at, ends);
    chash_folding folding = chash_begin_folding(chash_crc64(*crc, text + from, whole - from), text + whole);
    for (; at + 256 <= count; at += 256) {
      for (int i = 0; i < 4; i++) chash_fold(&folding, i, _mm512_loadu_si512(text + at + 64 * i));
      four_steps_avx512(&s, text + at, delimiter, (uint32_t)at, ends);
    }
    *crc = chash_end_folding(&folding, text + at, count - at);
  } else {
    *crc = chash_crc64(*crc, text + from, count - from);
  }
  for (; at + 64 <= count; at += 64)
    step_avx512(&s, _mm512_loadu_si512(text + at), ~0ull, delimiter, (uint32_t)at, ends);
  if (at < count) {
    uint64_t valid = lowest(count - at);
    // Blanks behind the end are nothing, be they separators; a zero would be seen.
    __m512i last = _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), valid, text + at);
    step_avx512(&s, last, valid, delimiter, (uint32_t)at, ends);
  }
  return result(s);
}
#endif

// MARK: - Choice at run time

int cscan_level(void) {
#if CSCAN_X86
  if (has_avx512()) return CSCAN_AVX512;
  if (has_avx2()) return CSCAN_AVX2;
#endif
  return CSCAN_PORTABLE;
}

cscan_result cscan_index(
  const uint8_t *text, size_t count, uint8_t delimiter, int level, uint32_t *ends, size_t from, uint64_t *crc) {
#if CSCAN_X86
  if (level >= CSCAN_AVX512 && has_avx512()) return index_avx512(text, count, delimiter, ends, from, crc);
#endif
  *crc = chash_crc64(*crc, text + from, count - from);
#if CSCAN_X86
  if (level >= CSCAN_AVX2 && has_avx2()) return index_avx2(text, count, delimiter, ends);
#endif
  return index_portable(text, count, delimiter, ends);
}

size_t cscan_quotes(const uint8_t *text, size_t count, int level) {
#if CSCAN_X86
  if (level >= CSCAN_AVX2 && has_avx2()) return quotes_avx2(text, count);
#endif
  return quotes_portable(text, count);
}
