#include "CLoop.h"
#include <string.h>

static inline uint32_t rotl(uint32_t x, int r) { return (x << r) | (x >> (32 - r)); }

static uint32_t murmur3(const uint8_t *key, size_t length) {
  uint32_t h = 0;
  size_t blocks = length / 4;
  for (size_t i = 0; i < blocks; i++) {
    uint32_t k;
    memcpy(&k, key + 4 * i, 4);
    h = rotl(h ^ (rotl(k * 0xCC9E2D51u, 15) * 0x1B873593u), 13) * 5 + 0xE6546B64u;
  }
  const uint8_t *tail = key + 4 * blocks;
  uint32_t k = 0;
  switch (length & 3) {
    case 3: k ^= (uint32_t)tail[2] << 16; /* fall through */
    case 2: k ^= (uint32_t)tail[1] << 8;  /* fall through */
    case 1: h ^= rotl((k ^ tail[0]) * 0xCC9E2D51u, 15) * 0x1B873593u;
  }
  h ^= (uint32_t)length;
  h = (h ^ (h >> 16)) * 0x85EBCA6Bu;
  h = (h ^ (h >> 13)) * 0xC2B2AE35u;
  return h ^ (h >> 16);
}

uint64_t cloop_murmur3(const uint8_t *text, const size_t *ends, size_t count, const char *salt, uint32_t buckets) {
  uint8_t key[256];
  size_t salted = strlen(salt), start = 0;
  uint64_t sum = 0;
  memcpy(key, salt, salted);
  key[salted++] = ':';
  for (size_t i = 0; i < count; i++) {
    size_t length = ends[i] - start;
    memcpy(key + salted, text + start, length);
    sum += murmur3(key, salted + length) % buckets;
    start = ends[i];
  }
  return sum;
}

uint64_t cloop_fnv1a(const uint8_t *text, const size_t *ends, size_t count, const char *salt, uint32_t buckets) {
  size_t salted = strlen(salt), start = 0;
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t h = 0x811C9DC5u;
    for (size_t j = start; j < ends[i]; j++) h = (h ^ text[j]) * 0x01000193u;
    for (size_t j = 0; j < salted; j++) h = (h ^ (uint8_t)salt[j]) * 0x01000193u;
    sum += h % buckets;
    start = ends[i];
  }
  return sum;
}
