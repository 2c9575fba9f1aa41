/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects that probes can take with a page-table lock held: allocated ahead,
 * handed out under a raw spinlock, refilled by a work item. Knows nothing of
 * what is inside the objects.
 */
#ifndef CWS_POOL_H
#define CWS_POOL_H

#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

/**
 * struct cws_pool - free objects, ready to be taken
 * @lock: protects @free and @nr_free; a leaf, taken from probes and softirqs
 * @free: first free object; its first word links to the next
 * @nr_free: objects on @free
 * @want: where the refill stops; below half of it a refill is asked for; cws_pool_keep()
 * @nr_live: objects out of the cache, free ones included
 * @cache: where they come from; object size at least one pointer
 * @refill: tops the pool up in process context
 */
struct cws_pool {
	raw_spinlock_t lock;
	void *free;
	unsigned int nr_free;
	unsigned int want;
	atomic_t nr_live;
	struct kmem_cache *cache;
	struct work_struct refill;
};

int cws_pool_init(struct cws_pool *pool, const char *name, size_t size,
		  unsigned int want);
void cws_pool_exit(struct cws_pool *pool);
int cws_pool_grow(struct cws_pool *pool, unsigned int want);
int cws_pool_keep(struct cws_pool *pool, unsigned int want);
void *cws_pool_take(struct cws_pool *pool) __must_check;
void cws_pool_give(struct cws_pool *pool, void *object);
size_t cws_pool_bytes(struct cws_pool *pool);

#endif /* CWS_POOL_H */
