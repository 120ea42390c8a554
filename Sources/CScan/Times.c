// Columns of times.
#include "Targets.h"
#include "Time.h"

size_t cscan_times(const cscan_block *block, size_t column, size_t from, cscan_clock clock, int64_t *values) {
#if CSCAN_X86
  if (block->level >= CSCAN_AVX512 && has_avx512()) return cscan_times_avx512(block, column, from, clock, values);
#endif
  return times(block, column, from, block->rows, clock, values);
}
