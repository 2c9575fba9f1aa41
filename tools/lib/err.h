/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the library says what went wrong: a negative errno for the program to
 * act on, and one text "what: why" for the program to print. Only programs
 * print.
 */
#ifndef COWSCOPE_TOOLS_ERR_H
#define COWSCOPE_TOOLS_ERR_H

/*
 * Two codes carry a meaning of their own:
 *   -ENODEV           the module is not loaded (its status file is not there)
 *   -EPROTONOSUPPORT  the files speak another ABI number
 * Everything else is a failure at run time; -EPROTO: a text that breaks the
 * contract.
 */
struct err {
	char text[320];
};

/* Fills @e and returns @code, so that callers can return it in one statement. */
__attribute__((format(printf, 3, 4)))
int err_set(struct err *e, int code, const char *fmt, ...);

/* As err_set(), with strerror(-code) as the why. */
int err_sys(struct err *e, int code, const char *what);

#endif
