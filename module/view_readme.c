// SPDX-License-Identifier: GPL-2.0-only
/*
 * README: what each file is, on one screen.
 */
#include "view.h"

#define VIEW_LINE(name, mode, help)	"  " #name ": " help "\n"
#define CAUSE_LINE(id, name, help)	"  " #name ": " help "\n"
#define WORD(id, name, help)		" " #name

static int readme_show(struct seq_file *m, void *unused)
{
	seq_puts(m,
		 "cowscope " COWSCOPE_VERSION ": what fork and clone duplicated, what they left\n"
		 "shared, what copy-on-write took back. Tables name their columns in the first line; \"-\" is\n"
		 "not known; times are nanoseconds since boot. man 5 cowscope-debugfs has it all.\n"
		 "  status         does every hook work, was anything lost\n"
		 "  processes      copy-on-write counts, one row per live address space\n"
		 "  exited         the same for the last ones that ended, and how\n"
		 "  clones         the last fork, vfork, clone and clone3 calls\n"
		 "  totals         sums since load\n"
		 "  cgroups        the same by cgroup\n"
		 "  sharing        kernel objects that tasks share, and who they are\n"
		 "  control        on or off: accounting\n"
		 "  watch          write PID, \"PID nofollow\", -PID or clear; children are watched too\n"
		 "  watched/PID/   the views below, as files\n"
		 "  query          write \"PID VIEW\", read the answer on the same descriptor:\n"
		 "                 exec 3<>query; echo \"$$ cow\" >&3; cat <&3\n"
		 "Views of one process:\n"
		 COWSCOPE_VIEWS(VIEW_LINE)
		 "Causes (4 KiB pages where not said otherwise):\n"
		 COWSCOPE_CAUSES(CAUSE_LINE)
		 "Regions:" COWSCOPE_REGIONS(WORD) "\n"
		 "States:" COWSCOPE_STATES(WORD) ", with " COWSCOPE_STATE_HUGE " and "
		 COWSCOPE_STATE_RO "\n");
	return 0;
}

const struct cws_view cws_view_readme = { .show = readme_show };
