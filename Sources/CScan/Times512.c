// Columns of times by AVX-512.
#include "Fields512.h"
#include "Time.h"

#if CSCAN_X86

// Eight numbers of digits: pairs, then fours, then all eight.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i numbers_of(__m512i digits) {
  __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(10 | 1 << 8));
  __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(100 | 1 << 16));
  return _mm512_add_epi64(_mm512_mul_epu32(fours, _mm512_set1_epi64(10000)), _mm512_srli_epi64(fours, 32));
}

// Eight Unix times of ten digits; 0 if one of them is something else.
CSCAN_AVX512_TARGET CSCAN_INLINE int eight_unix(
  const uint8_t *text, const cscan_span *spans, __m512i word, __m512i *seconds) {
  const __m512i zeros = _mm512_set1_epi8('0'), nine = _mm512_set1_epi8(9);
  // The first two digits are the last two bytes of the eight that end with them.
  __m512i first = _mm512_srli_epi64(eight_words(text, spans, 16), 48);
  first = _mm512_sub_epi8(_mm512_or_si512(first, _mm512_set1_epi64(0x3030303030300000)), zeros);
  __m512i last = _mm512_sub_epi8(word, zeros);
  if ((_mm512_cmpgt_epu8_mask(first, nine) | _mm512_cmpgt_epu8_mask(last, nine)) != 0) return 0;
  // Less than 1e8 is no Unix time here.
  if (_mm512_testn_epi64_mask(first, first) != 0) return 0;
  __m512i two = _mm512_maddubs_epi16(first, _mm512_set1_epi16(10 | 1 << 8));
  *seconds = _mm512_add_epi64(numbers_of(last), _mm512_mul_epu32(two, _mm512_set1_epi64(100000000)));
  return 1;
}

// Days from 1970-01-01 of eight dates; a bit is set in `wrong` where there is no such day. Years are at most 9999.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i eight_days(__m512i year, __m512i month, __m512i day, __mmask8 *wrong) {
  // For each month the days before it, and behind those how many it has, if February has 28.
  const __m512i low = _mm512_setr_epi64(
    0, 0 | 31 << 16, 31 | 28 << 16, 59 | 31 << 16, 90 | 30 << 16, 120 | 31 << 16, 151 | 30 << 16, 181 | 31 << 16);
  const __m512i high = _mm512_setr_epi64(
    212 | 31 << 16, 243 | 30 << 16, 273 | 31 << 16, 304 | 30 << 16, 334 | 31 << 16, 0, 0, 0);
  const __m512i one = _mm512_set1_epi64(1);
  // y / 100 for y below 43,690: 5243 / 2^19 is a little more than a hundredth.
#define CSCAN_CENTURIES(years) _mm512_srli_epi64(_mm512_mul_epu32(years, _mm512_set1_epi64(5243)), 19)
  __m512i centuries = CSCAN_CENTURIES(year);
  __mmask8 by_hundred = _mm512_cmpeq_epi64_mask(year, _mm512_mul_epu32(centuries, _mm512_set1_epi64(100)));
  __mmask8 is_leap = _mm512_testn_epi64_mask(year, _mm512_set1_epi64(3)) & (__mmask8)~by_hundred;
  is_leap |= by_hundred & _mm512_testn_epi64_mask(centuries, _mm512_set1_epi64(3));
  __m512i of_month = _mm512_permutex2var_epi64(low, month, high);
  __m512i last = _mm512_srli_epi64(of_month, 16);
  last = _mm512_mask_add_epi64(last, is_leap & _mm512_cmpeq_epi64_mask(month, _mm512_set1_epi64(2)), last, one);
  *wrong |= _mm512_cmpgt_epu64_mask(_mm512_sub_epi64(month, one), _mm512_set1_epi64(11));
  *wrong |= _mm512_cmpge_epu64_mask(_mm512_sub_epi64(day, one), last) | _mm512_testn_epi64_mask(year, year);
  __m512i past = _mm512_sub_epi64(year, one), past_centuries = CSCAN_CENTURIES(past);
#undef CSCAN_CENTURIES
  __m512i days = _mm512_add_epi64(_mm512_mul_epu32(past, _mm512_set1_epi64(365)), _mm512_srli_epi64(past, 2));
  days = _mm512_sub_epi64(days, past_centuries);
  days = _mm512_add_epi64(days, _mm512_srli_epi64(past_centuries, 2));
  days = _mm512_add_epi64(days, _mm512_and_si512(of_month, _mm512_set1_epi64(0xFFFF)));
  days = _mm512_mask_add_epi64(days, is_leap & _mm512_cmpgt_epi64_mask(month, _mm512_set1_epi64(2)), days, one);
  // The first day of the year 1 is 719,162 days before 1970.
  return _mm512_add_epi64(days, _mm512_sub_epi64(day, _mm512_set1_epi64(719163)));
}

// Eight bytes, each a digit or a mark, as digits and zeros.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i eight_digits_and_marks(
  __m512i word, uint64_t zeros, uint64_t greatest, __mmask64 *wrong) {
  __m512i digits = _mm512_xor_si512(word, _mm512_set1_epi64((long long)zeros));
  *wrong |= _mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi64((long long)greatest));
  return digits;
}

// The low half of each lane.
CSCAN_AVX512_TARGET CSCAN_INLINE __m512i low_of(__m512i lanes) {
  return _mm512_and_si512(lanes, _mm512_set1_epi64(0xFFFFFFFF));
}

// Seconds of eight fields of at least 19 bytes, all as many, that begin with a date and a time; 0 if one of them does not.
CSCAN_AVX512_TARGET CSCAN_INLINE int eight_civil(
  const uint8_t *text, const cscan_span *spans, size_t count, __m512i *seconds) {
  __mmask64 wrong = 0;
  // 0000-00-
  __m512i date = eight_digits_and_marks(
    eight_words(text, spans, count), 0x2D30302D30303030, 0x0009090009090909, &wrong);
  // 00 and whatever behind it
  __m512i day = _mm512_and_si512(eight_words(text, spans, count - 8), _mm512_set1_epi64(0xFFFFFF));
  __m512i mark = _mm512_srli_epi64(day, 16);
  day = eight_digits_and_marks(_mm512_and_si512(day, _mm512_set1_epi64(0xFFFF)), 0x3030, 0x0909, &wrong);
  // 00:00:00
  __m512i clock = eight_digits_and_marks(
    eight_words(text, spans, count - 11), 0x30303A30303A3030, 0x0909000909000909, &wrong);
  // Tens weigh ten, and marks nothing.
  date = _mm512_maddubs_epi16(date, _mm512_set1_epi64(0x00010A00010A010A));
  clock = _mm512_maddubs_epi16(clock, _mm512_set1_epi64(0x010A00010A00010A));
  // Hours, tens of minutes times ten, minutes, seconds.
  const __m512i most = _mm512_set1_epi64((long long)(59ull << 48 | 9ull << 32 | 50ull << 16 | 23));
  __mmask32 too_large = _mm512_cmpgt_epu16_mask(clock, most);
  clock = _mm512_madd_epi16(clock, _mm512_set1_epi64((long long)(1ull << 48 | 60ull << 32 | 60ull << 16 | 3600)));
  date = _mm512_madd_epi16(date, _mm512_set1_epi64((long long)(1ull << 48 | 1ull << 32 | 1ull << 16 | 100)));
  day = _mm512_maddubs_epi16(day, _mm512_set1_epi64(0x010A));
  __mmask8 is_no_day = 0;
  __m512i days = eight_days(low_of(date), _mm512_srli_epi64(date, 32), day, &is_no_day);
  is_no_day |= _mm512_cmpneq_epi64_mask(mark, _mm512_set1_epi64('T')) & _mm512_cmpneq_epi64_mask(mark, _mm512_set1_epi64(' '));
  if (wrong != 0 || too_large != 0 || is_no_day != 0) return 0;
  __m512i of_day = _mm512_add_epi64(low_of(clock), _mm512_srli_epi64(clock, 32));
  *seconds = _mm512_add_epi64(_mm512_mullo_epi64(days, _mm512_set1_epi64(CSCAN_DAY)), of_day);
  return 1;
}

// How fields of one length end behind their seconds.
typedef struct {
  int has_zone;    // Z
  int decimals;    // of the seconds; -1: none, and no point
  uint64_t zeros;  // of the last eight bytes, digits above '0'; what belongs to the seconds is not looked at
  uint64_t greatest;
  uint64_t keep;
} civil_end;

// 0 if there is nothing of that length.
CSCAN_INLINE int end_of_civil(size_t count, int has_zone, civil_end *end) {
  *end = (civil_end){has_zone, -1, 0, 0, 0};
  const int rest = (int)count - 19 - has_zone;
  if (rest == 0) return 1;
  if (rest < 2 || rest > 7) return 0;
  end->decimals = rest - 1;
  // The point, the digits and the Z stand at the end of the eight.
  const int first = 8 - rest - has_zone;
  for (int at = first; at < 8; at++) {
    const int is_point = at == first, is_zone = has_zone && at == 7;
    end->zeros |= (uint64_t)(is_point ? '.' : is_zone ? 'Z' : '0') << 8 * at;
    end->greatest |= (uint64_t)(is_point || is_zone ? 0 : 9) << 8 * at;
    end->keep |= 0xFFull << 8 * at;
  }
  return 1;
}

// Millionths of a second of eight fields that end like that; 0 if one of them does not.
CSCAN_AVX512_TARGET CSCAN_INLINE int eight_ends(__m512i word, const civil_end *end, __m512i *millionths) {
  *millionths = _mm512_setzero_si512();
  if (end->decimals < 0)
    return !end->has_zone || _mm512_cmpneq_epi64_mask(_mm512_srli_epi64(word, 56), _mm512_set1_epi64('Z')) == 0;
  __mmask64 wrong = 0;
  __m512i digits = eight_digits_and_marks(
    _mm512_and_si512(word, _mm512_set1_epi64((long long)end->keep)), end->zeros, end->greatest, &wrong);
  if (wrong != 0) return 0;
  // Without the Z the last digit ends the eight bytes; what is left of six decimals are zeros.
  if (end->has_zone) digits = _mm512_slli_epi64(digits, 8);
  __m512i number = numbers_of(digits);
  *millionths = _mm512_mullo_epi64(number, _mm512_set1_epi64((long long)cscan_powers[6 - end->decimals]));
  return 1;
}

// As many rows as have times like the first one's; eight at a time.
CSCAN_AVX512_TARGET CSCAN_LOOP some_civil(
  const cscan_block *block, size_t column, size_t row, cscan_clock clock, int64_t *values) {
  const cscan_span *spans = block->spans + column * block->stride;
  const uint8_t *text = block->text;
  const size_t count = spans[row] >> 24;
  const int has_zone = *(CSCAN_AT(text, spans[row]) - 1) == 'Z';
  civil_end end;
  if (!end_of_civil(count, has_zone, &end) || (!has_zone && !clock.is_utc)) return row;
  const __m512i counts = _mm512_set1_epi64((long long)count), per_second = _mm512_set1_epi64(clock.per_second);
  for (; row < block->rows; row += 8) {
    eight_fields f = eight_at(text, spans + row);
    __m512i seconds, millionths;
    if (_mm512_cmpneq_epi64_mask(f.count, counts) != 0) break;
    if (!eight_civil(text, spans + row, count, &seconds) || !eight_ends(f.word, &end, &millionths)) break;
    __m512i found = _mm512_mullo_epi64(seconds, per_second);
    if (clock.per_second != 1) found = _mm512_add_epi64(found, millionths);
    _mm512_mask_storeu_epi64(values + row, (__mmask8)first_of_sixteen(block->rows - row), found);
  }
  return row < block->rows ? row : block->rows;
}

CSCAN_AVX512_TARGET CSCAN_LOOP some_unix(
  const cscan_block *block, size_t column, size_t row, cscan_clock clock, int64_t *values) {
  const cscan_span *spans = block->spans + column * block->stride;
  const __m512i ten = _mm512_set1_epi64(10), per_second = _mm512_set1_epi64(clock.per_second);
  for (; row < block->rows; row += 8) {
    eight_fields f = eight_at(block->text, spans + row);
    __m512i seconds;
    if (_mm512_cmpneq_epi64_mask(f.count, ten) != 0 || !eight_unix(block->text, spans + row, f.word, &seconds)) break;
    _mm512_mask_storeu_epi64(
      values + row, (__mmask8)first_of_sixteen(block->rows - row), _mm512_mullo_epi64(seconds, per_second));
  }
  return row < block->rows ? row : block->rows;
}

CSCAN_AVX512_TARGET size_t cscan_times_avx512(
  const cscan_block *block, size_t column, size_t from, cscan_clock clock, int64_t *values) {
  const cscan_span *spans = block->spans + column * block->stride;
  size_t row = from;
  while (row < block->rows) {
    const size_t count = spans[row] >> 24;
    if ((spans[row] & CSCAN_SPAN_END) >= 16) {
      if (count == 10) row = some_unix(block, column, row, clock, values);
      else if (count >= 19) row = some_civil(block, column, row, clock, values);
    }
    // What they leave is read one by one.
    const size_t to = row + 8 < block->rows ? row + 8 : block->rows;
    const size_t stop = times(block, column, row, to, clock, values);
    if (stop < to) return stop;
    row = to;
  }
  return row;
}

#endif
