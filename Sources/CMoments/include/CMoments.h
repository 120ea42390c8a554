// The inner loop of Moments: means and centred products of some columns.
#ifndef CMOMENTS_H
#define CMOMENTS_H

#include <stddef.h>

// Columns that fit the registers; more go through BLAS.
enum { CMOMENTS_COLUMNS = 5 };

// Means and centred products of a block of rows, by the corrected two-pass algorithm: Σ(x - m)(y - m') less n r r', where the
// residual r is the mean of x - m, which is 0 but for the rounding of m.
// - Source: Chan, Golub & LeVeque (1983), "Algorithms for computing the sample variance", The American Statistician 37, eq. 1.7.
//
// Sums are taken in eight lanes, row i in lane i mod 8, and without fused operations: the result is the same on every machine.
//
// columns(k): `rows` doubles each, not modified. rows > 0. 0 < k <= CMOMENTS_COLUMNS.
// mean(k): m. rest(k): r. products(k * k): element (i, j) at i + j * k.
void cmoments_block(const double *const *columns, size_t rows, size_t k, double *mean, double *rest, double *products);

// The same in portable C.
void cmoments_block_portable(
  const double *const *columns, size_t rows, size_t k, double *mean, double *rest, double *products);

#endif
