// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bits of clone and clone3 by name.
 */
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "cloneflags.h"

/*
 * By number, not by the header's names: a newer kernel's bits are shown by name
 * on an older one, and the header of an older one does not know them.
 */
static const struct {
	u64 bit;
	const char *name;
} flag_names[] = {
	{ 1ULL << 7,	"CLONE_NEWTIME" },
	{ 1ULL << 8,	"CLONE_VM" },
	{ 1ULL << 9,	"CLONE_FS" },
	{ 1ULL << 10,	"CLONE_FILES" },
	{ 1ULL << 11,	"CLONE_SIGHAND" },
	{ 1ULL << 12,	"CLONE_PIDFD" },
	{ 1ULL << 13,	"CLONE_PTRACE" },
	{ 1ULL << 14,	"CLONE_VFORK" },
	{ 1ULL << 15,	"CLONE_PARENT" },
	{ 1ULL << 16,	"CLONE_THREAD" },
	{ 1ULL << 17,	"CLONE_NEWNS" },
	{ 1ULL << 18,	"CLONE_SYSVSEM" },
	{ 1ULL << 19,	"CLONE_SETTLS" },
	{ 1ULL << 20,	"CLONE_PARENT_SETTID" },
	{ 1ULL << 21,	"CLONE_CHILD_CLEARTID" },
	{ 1ULL << 22,	"CLONE_DETACHED" },
	{ 1ULL << 23,	"CLONE_UNTRACED" },
	{ 1ULL << 24,	"CLONE_CHILD_SETTID" },
	{ 1ULL << 25,	"CLONE_NEWCGROUP" },
	{ 1ULL << 26,	"CLONE_NEWUTS" },
	{ 1ULL << 27,	"CLONE_NEWIPC" },
	{ 1ULL << 28,	"CLONE_NEWUSER" },
	{ 1ULL << 29,	"CLONE_NEWPID" },
	{ 1ULL << 30,	"CLONE_NEWNET" },
	{ 1ULL << 31,	"CLONE_IO" },
	{ 1ULL << 32,	"CLONE_CLEAR_SIGHAND" },
	{ 1ULL << 33,	"CLONE_INTO_CGROUP" },
	{ 1ULL << 34,	"CLONE_AUTOREAP" },
	{ 1ULL << 35,	"CLONE_NNP" },
	{ 1ULL << 36,	"CLONE_PIDFD_AUTOKILL" },
	{ 1ULL << 37,	"CLONE_EMPTY_MNTNS" },
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
