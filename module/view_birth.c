// SPDX-License-Identifier: GPL-2.0-only
/*
 * birth: what clone was asked for, what the child got, and what it shares with the
 * caller now.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>

#include "cloneflags.h"
#include "newborn.h"
#include "objid.h"
#include "view.h"
#include "view_birth.h"
#include "view_reader.h"

static void put_hex(struct seq_file *m, u64 number)
{
	if (number)
		seq_printf(m, " 0x%llx", number);
	else
		seq_puts(m, " -");
}

static void put_range(struct seq_file *m, const struct cws_range *range)
{
	if (range->end)
		seq_printf(m, " 0x%lx-0x%lx", range->start, range->end);
	else
		seq_puts(m, " -");
}

static void put_number(struct seq_file *m, u64 number)
{
	if (number)
		seq_put_decimal_ull(m, " ", number);
	else
		seq_puts(m, " -");
}

/* The name of what a rule compares. */
static void put_compared_id(struct seq_file *m, const struct cws_birth *birth,
			    enum cws_resource resource)
{
	const struct cws_resources *now = &birth->now;
	u8 i = cws_birth_rules[resource].which;
	u64 id = 0;

	switch (cws_birth_rules[resource].rule) {
	case CWS_BY_NS:
		put_number(m, now->ns[i]);
		return;
	case CWS_BY_OBJECT:
		id = now->object[i] ? cws_objid((void *)now->object[i]) : 0;
		break;
	case CWS_BY_FS_VALUE:
		id = now->value[i] ? cws_objid((void *)now->value[i]) : 0;
		break;
	}
	if (id)
		seq_printf(m, " %016llx", id);
	else
		seq_puts(m, " -");
}

static bool hazard(const struct cws_birth *birth)
{
	const struct cws_origin *origin = birth->origin;

	return origin && origin->parent_threads > 1 &&
	       birth->at_birth[CWS_RESOURCE_ADDRESS_SPACE] == CWS_AT_BIRTH_COPIED;
}

/* Of a birth, whether or not the process lives. */
static bool put_birth_id(struct seq_file *m, const struct cws_birth *birth,
			 enum cws_resource resource)
{
	const struct cws_origin *origin = birth->origin;

	switch (resource) {
	case CWS_RESOURCE_PID:
	case CWS_RESOURCE_THREAD_GROUP:
		seq_putc(m, ' ');
		cws_view_put_pid(m, birth->pid);
		return true;
	case CWS_RESOURCE_THREADS:
		seq_puts(m, hazard(birth) ? " hazard" : " -");
		return true;
	case CWS_RESOURCE_IP:
		put_hex(m, origin ? origin->ip : 0);
		return true;
	case CWS_RESOURCE_UNKNOWN:
		put_hex(m, origin ? cws_cloneflags_unknown(origin->flags) : 0);
		return true;
	default:
		return false;
	}
}

static void put_id(struct seq_file *m, const struct cws_birth *birth, enum cws_resource resource)
{
	const struct cws_resources *now = &birth->now;

	if (put_birth_id(m, birth, resource))
		return;
	if (!birth->lives) {
		seq_puts(m, " -");
		return;
	}
	switch (resource) {
	case CWS_RESOURCE_ADDRESS_SPACE:
		put_number(m, now->mm_serial);
		break;
	case CWS_RESOURCE_PAGE_TABLES ... CWS_RESOURCE_TEXT:
	case CWS_RESOURCE_MAPPINGS:
	case CWS_RESOURCE_POSIX_LOCKS:
		seq_puts(m, " -");
		break;
	case CWS_RESOURCE_ARGUMENTS:
		put_range(m, &now->arguments);
		break;
	case CWS_RESOURCE_ENVIRONMENT:
		put_range(m, &now->environment);
		break;
	case CWS_RESOURCE_PPID:
		put_number(m, birth->ppid);
		break;
	case CWS_RESOURCE_UMASK:
		seq_printf(m, " %04llo", now->value[CWS_VALUE_UMASK]);
		break;
	case CWS_RESOURCE_BLOCKED:
		seq_printf(m, " %016llx", now->value[CWS_VALUE_BLOCKED]);
		break;
	case CWS_RESOURCE_CGROUP:
		put_number(m, now->value[CWS_VALUE_CGROUP]);
		break;
	default:
		put_compared_id(m, birth, resource);
	}
}

static u64 pages_of(const struct cws_range *range)
{
	return range->end ? (PAGE_ALIGN(range->end) - (range->start & PAGE_MASK)) >> PAGE_SHIFT :
			    0;
}

/* In the unit of the row; CWS_COUNT_UNKNOWN none. */
static u64 count_of(const struct cws_resources *res, enum cws_resource resource)
{
	switch (resource) {
	case CWS_RESOURCE_PAGE_TABLES:
		return res->pgtable_bytes;
	case CWS_RESOURCE_MAPPINGS:
		return res->mappings;
	case CWS_RESOURCE_ARGUMENTS:
		return pages_of(&res->arguments);
	case CWS_RESOURCE_ENVIRONMENT:
		return pages_of(&res->environment);
	case CWS_RESOURCE_DESCRIPTORS:
		return res->descriptors;
	case CWS_RESOURCE_THREADS:
		return res->threads;
	default:
		return CWS_COUNT_UNKNOWN;
	}
}

static u64 count_at_birth(const struct cws_origin *origin, enum cws_resource resource)
{
	switch (resource) {
	case CWS_RESOURCE_DONTFORK:
		return origin->dontfork;
	case CWS_RESOURCE_WIPEONFORK:
		return origin->wipeonfork;
	case CWS_RESOURCE_THREADS:
		return origin->parent_threads;
	case CWS_RESOURCE_OPEN_FILES:
		return origin->born.descriptors;
	default:
		return count_of(&origin->born, resource);
	}
}

static void put_count(struct seq_file *m, u64 count)
{
	if (count == CWS_COUNT_UNKNOWN)
		seq_puts(m, " -");
	else
		seq_put_decimal_ull(m, " ", count);
}

#define RESOURCE_NAME(id, name, flag, help)	{ #name, flag },
static const struct {
	const char *name;
	const char *flag;
} resources[] = { COWSCOPE_RESOURCES(RESOURCE_NAME) };

static const char *asked(const struct cws_birth *birth, enum cws_resource resource)
{
	u64 bit = cws_cloneflags_bit(resources[resource].flag);

	if (!birth->origin || !birth->origin->flags_known)
		return "-";
	if (resource == CWS_RESOURCE_UNKNOWN)
		return str_yes_no(cws_cloneflags_unknown(birth->origin->flags));
	if (!bit)
		return "-";
	return str_yes_no(birth->origin->flags & bit);
}

/* Shared and own, then the runs: which of them they are. */
static void put_pages(struct seq_file *m, const struct cws_birth *birth,
		      enum cws_resource resource)
{
	static const char *const word[] = { "shared", "own", "none" };
	const struct cws_birth_pages *pages = resource == CWS_RESOURCE_ARGUMENTS ?
						      &birth->arguments : &birth->environment;
	bool has = resource == CWS_RESOURCE_ARGUMENTS || resource == CWS_RESOURCE_ENVIRONMENT;
	unsigned int i;

	if (!has || !pages->known) {
		seq_puts(m, " - - -");
		return;
	}
	seq_printf(m, " %u %u ", pages->nr[CWS_BIRTH_SHARED], pages->nr[CWS_BIRTH_OWN]);
	for (i = 0; i < pages->nr_runs; i++)
		seq_printf(m, "%s%s:%u", i ? "," : "", word[pages->run[i].is], pages->run[i].nr);
	if (pages->rest)
		seq_printf(m, ",+%u", pages->rest);
}

static void put_row(struct seq_file *m, const struct cws_birth *birth, enum cws_resource resource)
{
	static const char *const word[] = {
		[CWS_AT_BIRTH_UNKNOWN] = "-",
		[CWS_AT_BIRTH_SHARED] = "shared",
		[CWS_AT_BIRTH_COPIED] = "copied",
		[CWS_AT_BIRTH_NEW] = "new",
		[CWS_AT_BIRTH_EMPTY] = "empty",
	};
	const struct cws_origin *origin = birth->origin;
	u64 now = birth->lives ? count_of(&birth->now, resource) : CWS_COUNT_UNKNOWN;

	if (resource == CWS_RESOURCE_OPEN_FILES)
		now = birth->common_files;
	seq_printf(m, "%s %s %s %s %s", resources[resource].name, resources[resource].flag,
		   asked(birth, resource), word[birth->at_birth[resource]],
		   cws_birth_now(birth, resource));
	put_id(m, birth, resource);
	put_count(m, origin ? count_at_birth(origin, resource) : CWS_COUNT_UNKNOWN);
	put_count(m, now);
	put_pages(m, birth, resource);
	seq_putc(m, '\n');
}

static int show_birth(struct seq_file *m, struct pid *pid)
{
	struct cws_birth *birth = kzalloc(sizeof(*birth), GFP_KERNEL);
	int resource, err;

	if (!birth)
		return -ENOMEM;
	birth->pid = pid;
	birth->origin = cws_origin_get(pid);
	if (birth->origin)
		cws_newborn_judge(birth->origin, birth->at_birth);
	err = cws_birth_read(birth);
	if (!err) {
		seq_puts(m, COWSCOPE_HEADER_BIRTH "\n");
		for (resource = 0; resource < CWS_NR_RESOURCES; resource++)
			put_row(m, birth, resource);
	}
	cws_origin_put(birth->origin);
	kfree(birth);
	return err;
}

const struct cws_process_view cws_process_view_birth = { .show_process = show_birth };
