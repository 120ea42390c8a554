// Hash functions by the processor's own instructions, where it has them. The definitions are in Swift, in Hashing.
#ifndef VERDICT_CHASH_H
#define VERDICT_CHASH_H

#include <stddef.h>
#include <stdint.h>

// Whether `chash_sha256` may be called on this processor.
int chash_has_sha256(void);

// One block of 64 bytes into the chaining value H0...H7 of SHA-256.
void chash_sha256(uint32_t *state, const uint8_t *block);

// CRC-64/XZ of some bytes behind those that have `crc`; 0 for none.
uint64_t chash_crc64(uint64_t crc, const uint8_t *bytes, size_t count);

// The same by table, on any processor.
uint64_t chash_crc64_portable(uint64_t crc, const uint8_t *bytes, size_t count);

// That of two stretches one behind the other, the second of `count` bytes.
uint64_t chash_crc64_joined(uint64_t first, uint64_t second, uint64_t count);

#endif
