// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk: the page-table walk of one address, level by level, and what a write there
 * would do next. All of it is looked at in one step: the levels down to pmd under the
 * mmap lock, the last entry and its page with that entry's lock as well.
 */
#include <linux/err.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "levels.h"
#include "next_write.h"
#include "roster.h"
#include "view.h"
#include "view_mapping.h"
#include "view_reader.h"
#include "walk.h"

#define WALK_FLAG_NAME(id, name)	[CWS_WALK_##id] = name,
static const char *const flag_name[] = { COWSCOPE_WALK_FLAGS(WALK_FLAG_NAME) };

#define WALK_NEXT_NAME(id, name)	[CWS_NEXT_##id] = name,
static const char *const next_name[CWS_NR_NEXT] = { COWSCOPE_NEXT_WRITES(WALK_NEXT_NAME) };

/**
 * struct walk - one reading of the view
 * @mm: whose; its struct is referenced. NULL it has ended
 * @addr: which address
 * @done: it was looked at, or had ended
 * @torn: rows and what was found disagree, since something changed in between
 * @vma: its mapping, only while it is looked at
 * @levels: the rows
 * @flags: bits of enum cws_walk_flag of the last row that come from its page
 * @mapped: @mapping is filled
 * @mapping: its mapping
 * @state: as in pages
 * @mapped_by: entries that map the page; 0 there is none
 * @next: of a write
 */
struct walk {
	struct mm_struct *mm;
	unsigned long addr;
	bool done;
	bool torn;
	struct vm_area_struct *vma;
	struct cws_levels levels;
	unsigned int flags;
	bool mapped;
	struct cws_mapping mapping;
	u8 state;
	unsigned int mapped_by;
	struct cws_next next;
};

static pmd_t *look_at_levels(struct walk *walk)
{
	return cws_levels_look(&walk->levels, walk->mm, walk->vma, walk->addr);
}

/* The entry that the walk ended at, and what follows from it; its lock is held. */
static void look_at_entry(struct walk *walk, u8 state, struct page *page)
{
	const struct cws_level *last = cws_level_last(&walk->levels);
	struct cws_entry entry = {
		.pte = last->pte,
		.page = page,
		.huge = last->nr < CWS_LEVEL_PTE,
	};

	walk->state = state;
	walk->mapped_by = page ? cws_compat_page_mapcount(page) : 0;
	walk->flags = cws_entry_exclusive(&entry) ? BIT(CWS_WALK_EXCLUSIVE) : 0;
	if (walk->mapped_by > 1)
		walk->flags |= BIT(CWS_WALK_SHARED);
	walk->next = cws_next_write(walk->vma, walk->addr, &entry);
}

static void walk_table(const struct cws_part *part, const pte_t *at, void *data)
{
	struct walk *walk = data;
	pte_t pte = READ_ONCE(*at);
	struct page *page = NULL;

	walk->torn = !look_at_levels(walk);
	if (walk->torn)
		return;
	cws_level_add_pte(&walk->levels, pte);
	if (pte_present(pte) && !pte_special(pte) && pfn_valid(pte_pfn(pte)) &&
	    pte_pfn(pte) != page_to_pfn(ZERO_PAGE(0)))
		page = pfn_to_page(pte_pfn(pte));
	look_at_entry(walk, cws_pte_state(part, pte), page);
}

static void walk_huge(const struct cws_part *part, const struct cws_huge *huge, void *data)
{
	struct walk *walk = data;

	walk->torn = look_at_levels(walk);
	if (!walk->torn)
		look_at_entry(walk, cws_huge_state(huge, 0), huge->page);
}

/* No lock: something may come up meanwhile. */
static void walk_hole(const struct cws_part *part, void *data)
{
	struct walk *walk = data;

	look_at_levels(walk);
	walk->torn = !pte_none(cws_level_last(&walk->levels)->pte);
	if (!walk->torn)
		look_at_entry(walk, CWS_STATE_NONE, NULL);
}

static const struct cws_walk_ops walk_ops = {
	.table = walk_table,
	.huge = walk_huge,
	.hole = walk_hole,
};

/* Tables of huge pages may be shared with others, who leave them under this lock. */
static void look_at_mapped(struct walk *walk)
{
	struct address_space *shared = NULL;

	if (is_vm_hugetlb_page(walk->vma) && (walk->vma->vm_flags & VM_MAYSHARE))
		shared = walk->vma->vm_file->f_mapping;
	cws_mapping_look(&walk->mapping, walk->vma, walk->vma->vm_start);
	walk->mapping.region = cws_region(walk->vma, walk->addr);
	walk->mapped = true;
	if (shared)
		i_mmap_lock_read(shared);
	do {
		walk->torn = true;
		cws_walk_part(walk->vma, walk->addr & PAGE_MASK,
			      (walk->addr & PAGE_MASK) + PAGE_SIZE, &walk_ops, walk);
	} while (walk->torn && !fatal_signal_pending(current));
	if (shared)
		i_mmap_unlock_read(shared);
}

/* RCU held: the table and its lock may be on their way to be freed. */
static void add_gap_pte(struct walk *walk, const pmd_t *pmd, pmd_t entry)
{
	spinlock_t *ptl = pte_lockptr(walk->mm, &entry);

	spin_lock(ptl);
	if (pmd_val(READ_ONCE(*pmd)) == pmd_val(entry))
		cws_level_add_pte(&walk->levels,
				  READ_ONCE(*pte_offset_kernel(&entry, walk->addr)));
	spin_unlock(ptl);
}

/* Where nothing is mapped: the levels that exist because of neighbours. */
static void look_at_gap(struct walk *walk)
{
	pmd_t *pmd = look_at_levels(walk), entry;

	walk->next = cws_next_write_unmapped(walk->mm, walk->addr);
	if (!pmd)
		return;
	rcu_read_lock();
	entry = READ_ONCE(*pmd);
	if (pmd_present(entry) && !pmd_leaf(entry) && !pmd_bad(entry))
		add_gap_pte(walk, pmd, entry);
	rcu_read_unlock();
}

static void *walk_begin(struct cws_record *rec, unsigned long arg)
{
	struct walk *walk = kzalloc(sizeof(*walk), GFP_KERNEL);

	if (!walk)
		return ERR_PTR(-ENOMEM);
	walk->mm = cws_roster_mm(rec);
	walk->addr = arg;
	return walk;
}

static int walk_step(void *state)
{
	struct walk *walk = state;
	int alive;

	if (walk->done)
		return 0;
	walk->done = true;
	alive = walk->mm ? cws_walk_lock(walk->mm) : 0;
	if (alive <= 0)
		return alive ?: 1;
	walk->vma = find_vma_intersection(walk->mm, walk->addr, walk->addr + 1);
	if (walk->vma)
		look_at_mapped(walk);
	else
		look_at_gap(walk);
	walk->vma = NULL;
	cws_walk_unlock(walk->mm);
	return walk->torn ? -EINTR : 1;
}

static void put_row(struct seq_file *m, const struct walk *walk, const struct cws_level *row)
{
	unsigned int flags = cws_level_flags(row), flag;
	unsigned long bytes = 1UL << row->shift;
	char before = ' ';

	if (row == cws_level_last(&walk->levels))
		flags |= walk->flags;
	seq_printf(m, "%s 0x%lx %lu %s", cws_level_name(row), walk->addr & ~(bytes - 1),
		   bytes, row->kind);
	for (flag = 0; flag < ARRAY_SIZE(flag_name); flag++) {
		if (!(flags & BIT(flag)))
			continue;
		seq_printf(m, "%c%s", before, flag_name[flag]);
		before = '|';
	}
	seq_puts(m, flags ? "\n" : " -\n");
}

static void put_mapping(struct seq_file *m, const struct walk *walk)
{
	const struct cws_mapping *mapping = &walk->mapping;

	if (!walk->mapped) {
		seq_puts(m, "mapping -\nperms -\nregion -\nname -\nstate none\nmapped_by -\n");
		return;
	}
	seq_printf(m, "mapping 0x%lx 0x%lx\nperms ", mapping->start, mapping->end);
	cws_mapping_put_perms(m, mapping);
	seq_printf(m, "\nregion %s\nname ", cws_region_name[mapping->region]);
	cws_view_put_name(m, mapping->name ?: "");
	seq_puts(m, "\nstate ");
	cws_view_put_state(m, walk->state);
	if (walk->mapped_by)
		seq_printf(m, "\nmapped_by %u\n", walk->mapped_by);
	else
		seq_puts(m, "\nmapped_by -\n");
}

static void walk_print(struct seq_file *m, void *state)
{
	const struct walk *walk = state;
	unsigned int i;

	if (!walk->levels.nr) {
		seq_puts(m, COWSCOPE_GONE "\n");
		return;
	}
	seq_puts(m, COWSCOPE_HEADER_WALK "\n");
	for (i = 0; i < walk->levels.nr; i++)
		put_row(m, walk, &walk->levels.level[i]);
	seq_printf(m, "address 0x%lx\n", walk->addr);
	put_mapping(m, walk);
	seq_printf(m, "next_write %s\nwhy %s\n", next_name[walk->next.word], walk->next.why);
}

static void walk_end(void *state)
{
	struct walk *walk = state;

	if (walk->mm)
		mmdrop(walk->mm);
	kfree(walk);
}

const struct cws_process_view cws_process_view_walk = {
	.wants_address = true,
	.begin = walk_begin,
	.step = walk_step,
	.print = walk_print,
	.end = walk_end,
};
