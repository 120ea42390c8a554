#include "CMoments.h"

#include <string.h>

// One body, compiled for each set of instructions. No product is added in the same operation that makes it, anywhere.
#pragma STDC FP_CONTRACT OFF

#define CMOMENTS_INLINE static inline __attribute__((always_inline))

typedef double lanes __attribute__((vector_size(64)));

CMOMENTS_INLINE void load(lanes *x, const double *place) { memcpy(x, place, sizeof *x); }

// The last rows, and `other` in the place of those that are not there.
CMOMENTS_INLINE void load_some(lanes *x, const double *place, size_t count, double other) {
  for (size_t i = 0; i < 8; i++) (*x)[i] = i < count ? place[i] : other;
}

CMOMENTS_INLINE double total(const lanes *sum) {
  const lanes x = *sum;
  return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

// Adds what is left of eight rows without the mean, and its products. With k known when it is compiled, sums stay in registers.
CMOMENTS_INLINE void add(const lanes *x, const lanes *centre, const int k, lanes *sums, lanes *cross) {
  lanes d[CMOMENTS_COLUMNS];
#pragma clang loop unroll(full)
  for (int j = 0; j < k; j++) d[j] = x[j] - centre[j];
#pragma clang loop unroll(full)
  for (int j = 0; j < k; j++) {
    sums[j] += d[j];
#pragma clang loop unroll(full)
    for (int i = 0; i <= j; i++) cross[j * (j + 1) / 2 + i] += d[i] * d[j];
  }
}

CMOMENTS_INLINE void block(
  const double *const *columns, size_t rows, const int k, double *mean, double *rest, double *products) {
  lanes x[CMOMENTS_COLUMNS], sums[CMOMENTS_COLUMNS], centre[CMOMENTS_COLUMNS];
  lanes cross[CMOMENTS_COLUMNS * (CMOMENTS_COLUMNS + 1) / 2];
  const size_t whole = rows & ~(size_t)7;
  for (int j = 0; j < k; j++) sums[j] = (lanes){0};
  for (size_t row = 0; row < whole; row += 8)
    for (int j = 0; j < k; j++) {
      load(&x[j], columns[j] + row);
      sums[j] += x[j];
    }
  for (int j = 0; j < k; j++) {
    load_some(&x[j], columns[j] + whole, rows - whole, 0);
    sums[j] += x[j];
    mean[j] = total(&sums[j]) / (double)rows;
    for (int lane = 0; lane < 8; lane++) centre[j][lane] = mean[j];
    sums[j] = (lanes){0};
  }
  for (int p = 0; p < k * (k + 1) / 2; p++) cross[p] = (lanes){0};

  for (size_t row = 0; row < whole; row += 8) {
    for (int j = 0; j < k; j++) load(&x[j], columns[j] + row);
    add(x, centre, k, sums, cross);
  }
  for (int j = 0; j < k; j++) load_some(&x[j], columns[j] + whole, rows - whole, mean[j]);
  add(x, centre, k, sums, cross);

  for (int j = 0; j < k; j++) rest[j] = total(&sums[j]) / (double)rows;
  for (int j = 0, p = 0; j < k; j++)
    for (int i = 0; i <= j; i++, p++) {
      double correction = (double)rows * rest[i] * rest[j];
      products[i + j * k] = products[j + i * k] = total(&cross[p]) - correction;
    }
}

CMOMENTS_INLINE void any_block(
  const double *const *columns, size_t rows, size_t k, double *mean, double *rest, double *products) {
  switch (k) {
    case 1: return block(columns, rows, 1, mean, rest, products);
    case 2: return block(columns, rows, 2, mean, rest, products);
    case 3: return block(columns, rows, 3, mean, rest, products);
    case 4: return block(columns, rows, 4, mean, rest, products);
    default: return block(columns, rows, 5, mean, rest, products);
  }
}

void cmoments_block_portable(
  const double *const *columns, size_t rows, size_t k, double *mean, double *rest, double *products) {
  any_block(columns, rows, k, mean, rest, products);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void block_avx2(
  const double *const *columns, size_t rows, size_t k, double *mean, double *rest, double *products) {
  any_block(columns, rows, k, mean, rest, products);
}

__attribute__((target("avx512f,avx512dq,avx512vl"))) static void block_avx512(
  const double *const *columns, size_t rows, size_t k, double *mean, double *rest, double *products) {
  any_block(columns, rows, k, mean, rest, products);
}
#endif

void cmoments_block(const double *const *columns, size_t rows, size_t k, double *mean, double *rest, double *products) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return block_avx512(columns, rows, k, mean, rest, products);
  if (__builtin_cpu_supports("avx2")) return block_avx2(columns, rows, k, mean, rest, products);
#endif
  cmoments_block_portable(columns, rows, k, mean, rest, products);
}
