#include <stddef.h>
#include <stdint.h>

/* The draw of salt and id, added up over all ids, as a C program writes the loop. Ids lie behind each other in `text`; id i ends
   at ends[i]. */

/* 32 bits of MurmurHash3 x86 of "salt:id", seed 0, modulo `buckets`. */
uint64_t cloop_murmur3(const uint8_t *text, const size_t *ends, size_t count, const char *salt, uint32_t buckets);
/* FNV-1a, 32 bits, of id and salt, modulo `buckets`. */
uint64_t cloop_fnv1a(const uint8_t *text, const size_t *ends, size_t count, const char *salt, uint32_t buckets);
