/* SPDX-License-Identifier: GPL-2.0-only */
/* Proof at load that the main hooks count, in the loader's own address space. */
#ifndef CWS_SELFTEST_H
#define CWS_SELFTEST_H

int cws_selftest(void);

#endif /* CWS_SELFTEST_H */
