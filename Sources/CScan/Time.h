// Times as they are written: how a field becomes the time since 1970. What these functions leave (0) goes to the definition,
// FieldParsing.timestamp in Sources/Tables.
#ifndef CSCAN_TIME_H
#define CSCAN_TIME_H

#include "Fields.h"

#define CSCAN_DAY 86400

// Days from 1970-01-01 of a date of the Gregorian calendar; 0 if there is no such day.
CSCAN_INLINE int days_of(int year, int month, int day, int64_t *days) {
  // Days of the year before each month, if February has 28.
  static const int16_t before[16] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 0, 0, 0};
  const int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (year < 1 || month < 1 || month > 12) return 0;
  const int last = month == 2 ? 28 + is_leap : 30 + ((month ^ month >> 3) & 1);
  if (day < 1 || day > last) return 0;
  const int past = year - 1;
  // The first day of the year 1 is 719,162 days before 1970.
  *days = 365 * past + past / 4 - past / 100 + past / 400 - 719162 + before[month] + (month > 2 && is_leap) + day - 1;
  return 1;
}

// Eight bytes of digits and marks as digits and zeros; 0 if one is something else.
// - zeros: '0' for each digit, and the marks.
// - most: what is added to a digit, or to a mark's zero, to reach 128 if it is too large.
CSCAN_INLINE int digits_and_marks(const uint8_t *text, uint64_t zeros, uint64_t most, uint64_t *digits) {
  uint64_t word;
  memcpy(&word, text, 8);
  word ^= zeros;
  *digits = word;
  return (((word + most) | word) & CSCAN_EACH(0x80)) == 0;
}

// The number of the digits in byte `at` and the next.
CSCAN_INLINE int pair_at(uint64_t digits, int at) {
  return (int)(digits >> 8 * at & 0xFF) * 10 + (int)(digits >> 8 * (at + 1) & 0xFF);
}

// `2026-11-23` at `text`.
CSCAN_INLINE int date_at(const uint8_t *text, int64_t *days) {
  uint64_t digits;
  // 0000-00-
  if (!digits_and_marks(text, 0x2D30302D30303030, 0x7F76767F76767676, &digits)) return 0;
  uint8_t tens = (uint8_t)(text[8] - '0'), ones = (uint8_t)(text[9] - '0');
  return tens <= 9 && ones <= 9 && days_of(pair_at(digits, 0) * 100 + pair_at(digits, 2), pair_at(digits, 5), tens * 10 + ones, days);
}

// `14:05:09` at `text`, in seconds.
CSCAN_INLINE int clock_at(const uint8_t *text, int64_t *seconds) {
  uint64_t digits;
  // 00:00:00
  if (!digits_and_marks(text, 0x30303A30303A3030, 0x76767F76767F7676, &digits)) return 0;
  const int hour = pair_at(digits, 0), minute = pair_at(digits, 3), second = pair_at(digits, 6);
  *seconds = hour * 3600 + minute * 60 + second;
  return hour < 24 && minute < 60 && second < 60;
}

// `Z`, `+01`, `+01:00` or `-0530`, all of the text, in seconds east of UTC.
CSCAN_INLINE int zone_of(const uint8_t *text, const uint8_t *end, int64_t *offset) {
  const size_t count = (size_t)(end - text);
  *offset = 0;
  if (count == 1) return text[0] == 'Z';
  if ((count != 3 && count != 5 && count != 6) || (text[0] != '+' && text[0] != '-')) return 0;
  uint8_t d[4] = {(uint8_t)(text[1] - '0'), (uint8_t)(text[2] - '0'), 0, 0};
  if (count > 3) {
    d[2] = (uint8_t)(end[-2] - '0');
    d[3] = (uint8_t)(end[-1] - '0');
  }
  const int hours = d[0] * 10 + d[1], minutes = d[2] * 10 + d[3];
  *offset = (text[0] == '-' ? -1 : 1) * (int64_t)(hours * 3600 + minutes * 60);
  return d[0] <= 9 && d[1] <= 9 && d[2] <= 5 && d[3] <= 9 && hours <= 18 && (count < 6 || text[3] == ':');
}

// Digits behind a point as millionths, at most six of them; returns where they end.
CSCAN_INLINE const uint8_t *millionths_at(const uint8_t *text, const uint8_t *end, int64_t *millionths) {
  int64_t value = 0;
  int digits = 0;
  for (; digits < 6 && text < end && (uint8_t)(*text - '0') <= 9; digits++) value = value * 10 + (*text++ - '0');
  for (; digits < 6; digits++) value *= 10;
  *millionths = value;
  return text;
}

// `2026-11-23T14:05:09`, `2026-11-23 14:05:09.250Z` and the like. Without a zone it is one of UTC, or left.
CSCAN_INLINE int civil_time(field f, cscan_clock clock, int64_t *time) {
  const uint8_t *end = f.text + f.count;
  int64_t days, seconds = 0, millionths = 0, offset = 0;
  if (!date_at(f.text, &days)) return 0;
  const uint8_t *at = f.text + 10;
  if (at < end) {
    if (f.count < 19 || (*at != 'T' && *at != ' ') || !clock_at(at + 1, &seconds)) return 0;
    at += 9;
    if (at < end && *at == '.') {
      const uint8_t *from = at + 1;
      at = millionths_at(from, end, &millionths);
      if (at == from) return 0;
    }
  }
  if (at < end ? !zone_of(at, end, &offset) : !clock.is_utc) return 0;
  *time = (days * CSCAN_DAY + seconds - offset) * clock.per_second + (clock.per_second == 1 ? 0 : millionths);
  return 1;
}

// Unix time, ten digits from 1e8 on.
CSCAN_INLINE int unix_time(field f, cscan_clock clock, int64_t *time) {
  uint8_t first = (uint8_t)(f.text[0] - '0'), second = (uint8_t)(f.text[1] - '0');
  uint64_t word;
  memcpy(&word, f.text + 2, 8);
  if (first > 9 || second > 9 || (first | second) == 0 || !eight_digits(word)) return 0;
  *time = (int64_t)((uint64_t)(first * 10 + second) * 100000000 + value_of_eight(word)) * clock.per_second;
  return 1;
}

// Reads one time; 0 if it is left to the caller.
CSCAN_INLINE int time_of(field f, cscan_clock clock, int64_t *time) {
  if (!CSCAN_WORDWISE || f.count < 10 || f.count > 32 || (f.count == 19 && !clock.is_utc)) return 0;
  return (f.count == 10 && unix_time(f, clock, time)) || civil_time(f, clock, time);
}

// Rows `from` to `to` of cscan_times.
CSCAN_INLINE size_t times(
  const cscan_block *block, size_t column, size_t from, size_t to, cscan_clock clock, int64_t *times) {
  for (size_t row = from; row < to; row++)
    if (!time_of(short_field_at(block, column, row), clock, times + row)) return row;
  return to;
}

// As cscan_times; in Times512.c.
size_t cscan_times_avx512(const cscan_block *block, size_t column, size_t from, cscan_clock clock, int64_t *times);

#endif
