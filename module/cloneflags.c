// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bits of clone and clone3 by name.
 */
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "cloneflags.h"
#include "cowscope_abi.h"

#define FLAG_NAME(bit, name)	{ 1ULL << (bit), "CLONE_" #name },
static const struct {
	u64 bit;
	const char *name;
} flag_names[] = {
	COWSCOPE_CLONE_FLAGS(FLAG_NAME)
};

/**
 * cws_cloneflags_put() - names joined by "|"
 * @m: output
 * @flags: as the kernel got them; what has no name comes last, as one number
 */
void cws_cloneflags_put(struct seq_file *m, u64 flags)
{
	const char *sep = "";
	size_t i;

	if (!flags)
		seq_puts(m, "none");
	for (i = 0; i < ARRAY_SIZE(flag_names); i++)
		if (flags & flag_names[i].bit) {
			seq_printf(m, "%s%s", sep, flag_names[i].name);
			sep = "|";
			flags &= ~flag_names[i].bit;
		}
	if (flags)
		seq_printf(m, "%s0x%llx", sep, flags);
}

/**
 * cws_cloneflags_bit() - a bit by its name
 * @name: CLONE_ and so on
 *
 * Return: the bit, 0 for any other word.
 */
u64 cws_cloneflags_bit(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flag_names); i++)
		if (!strcmp(name, flag_names[i].name))
			return flag_names[i].bit;
	return 0;
}

/**
 * cws_cloneflags_unknown() - what has no name
 * @flags: any
 *
 * Return: the bits of them that no row of the table is about.
 */
u64 cws_cloneflags_unknown(u64 flags)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flag_names); i++)
		flags &= ~flag_names[i].bit;
	return flags;
}
