// Prototypes of the BLAS and LAPACK routines that LinearAlgebra calls, and the types of pointers to them.
// Nothing is linked: the libraries are loaded when the first routine is called, so that the reference implementation,
// OpenBLAS or any other can be swapped in without a rebuild. Fortran character arguments carry a hidden length at the end.
#ifndef VERDICT_CLAPACK_SHIM_H
#define VERDICT_CLAPACK_SHIM_H

#include <cblas.h>

// QR factorisation, without and with column pivoting, and products with Q.
void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork,
             int *info);
void dgeqp3_(const int *m, const int *n, double *a, const int *lda, int *jpvt, double *tau, double *work,
             const int *lwork, int *info);
void dormqr_(const char *side, const char *trans, const int *m, const int *n, const int *k, const double *a,
             const int *lda, const double *tau, double *c, const int *ldc, double *work, const int *lwork, int *info,
             unsigned long side_len, unsigned long trans_len);
void dtrtri_(const char *uplo, const char *diag, const int *n, double *a, const int *lda, int *info,
             unsigned long uplo_len, unsigned long diag_len);

// Cholesky factorisation, solve and inverse.
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, unsigned long uplo_len);
void dpotrs_(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda, double *b,
             const int *ldb, int *info, unsigned long uplo_len);

// LU factorisation and solve.
void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *ipiv, int *info);
void dgetrs_(const char *trans, const int *n, const int *nrhs, const double *a, const int *lda, const int *ipiv,
             double *b, const int *ldb, int *info, unsigned long trans_len);

// Symmetric eigenvalues, singular values, least squares by SVD.
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info, unsigned long jobz_len,
             unsigned long uplo_len);
void dgesdd_(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
             const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info,
             unsigned long jobz_len);

#define VERDICT_ROUTINE(name) typedef __typeof__(&name) name##_routine
VERDICT_ROUTINE(dgeqrf_);
VERDICT_ROUTINE(dgeqp3_);
VERDICT_ROUTINE(dormqr_);
VERDICT_ROUTINE(dtrtri_);
VERDICT_ROUTINE(dpotrf_);
VERDICT_ROUTINE(dpotrs_);
VERDICT_ROUTINE(dgetrf_);
VERDICT_ROUTINE(dgetrs_);
VERDICT_ROUTINE(dsyevd_);
VERDICT_ROUTINE(dgesdd_);
VERDICT_ROUTINE(cblas_dgemm);
VERDICT_ROUTINE(cblas_dsyrk);

#endif
