// Which instructions the processor has, and functions compiled for them.
#ifndef CSCAN_TARGETS_H
#define CSCAN_TARGETS_H

#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#define CSCAN_X86 1
#define CSCAN_AVX2_TARGET __attribute__((target("avx2,pclmul,bmi,bmi2,popcnt,lzcnt")))
#define CSCAN_AVX512_TARGET                                                                                            \
  __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi2,vpclmulqdq,avx2,fma,pclmul,bmi,bmi2,popcnt,lzcnt")))

static inline int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi2");
}

// Those of Ice Lake, Zen 4 and later.
static inline int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2") &&
         __builtin_cpu_supports("vpclmulqdq");
}

// A mask of the rows that are left, at most sixteen.
static inline __mmask16 first_of_sixteen(size_t rows) { return rows < 16 ? (__mmask16)((1u << rows) - 1) : (__mmask16)0xFFFF; }
#endif

#endif
