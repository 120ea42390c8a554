// Hash functions by the processor's own instructions, where it has them. The definitions are in Swift, in Hashing.
#ifndef VERDICT_CHASH_H
#define VERDICT_CHASH_H

#include <stdint.h>

// Whether `chash_sha256` may be called on this processor.
int chash_has_sha256(void);

// One block of 64 bytes into the chaining value H0...H7 of SHA-256.
void chash_sha256(uint32_t *state, const uint8_t *block);

#endif
