// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preallocated objects for probes. Taking and giving never allocate or free
 * beyond one slab call, never sleep, and nest inside any lock of the kernel's.
 * Objects come back from RCU callbacks, in softirq: hence the irqsave locks.
 */
#include <linux/kernel.h>
#include <linux/sched.h>

#include "pool.h"

static void pool_push_locked(struct cws_pool *pool, void *object)
{
	lockdep_assert_held(&pool->lock);
	*(void **)object = pool->free;
	pool->free = object;
	pool->nr_free++;
}

static int pool_fill(struct cws_pool *pool, unsigned int want)
{
	unsigned long flags;

	while (READ_ONCE(pool->nr_free) < want) {
		void *object = kmem_cache_zalloc(pool->cache, GFP_KERNEL | __GFP_NOWARN);

		if (!object)
			return -ENOMEM;
		atomic_inc(&pool->nr_live);
		raw_spin_lock_irqsave(&pool->lock, flags);
		pool_push_locked(pool, object);
		raw_spin_unlock_irqrestore(&pool->lock, flags);
		cond_resched();
	}
	return 0;
}

static void pool_refill(struct work_struct *work)
{
	struct cws_pool *pool = container_of(work, struct cws_pool, refill);

	/* Without memory the next take asks again; what it costs is counted there. */
	pool_fill(pool, READ_ONCE(pool->want));
}

/**
 * cws_pool_init() - make a pool and fill it
 * @pool: memory of the caller's
 * @name: of the slab cache, seen in /proc/slabinfo
 * @size: of one object, in bytes
 * @want: objects to keep ready
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM, with nothing left behind.
 */
int cws_pool_init(struct cws_pool *pool, const char *name, size_t size,
		  unsigned int want)
{
	int err;

	raw_spin_lock_init(&pool->lock);
	pool->free = NULL;
	pool->nr_free = 0;
	pool->want = want;
	atomic_set(&pool->nr_live, 0);
	INIT_WORK(&pool->refill, pool_refill);
	pool->cache = kmem_cache_create(name, size, 0, SLAB_HWCACHE_ALIGN, NULL);
	if (!pool->cache)
		return -ENOMEM;
	err = pool_fill(pool, want);
	if (err)
		cws_pool_exit(pool);
	return err;
}

/**
 * cws_pool_exit() - free everything
 * @pool: every object has been given back, RCU callbacks included
 *
 * Context: may sleep.
 */
void cws_pool_exit(struct cws_pool *pool)
{
	cancel_work_sync(&pool->refill);
	while (pool->free) {
		void *object = pool->free;

		pool->free = *(void **)object;
		kmem_cache_free(pool->cache, object);
	}
	kmem_cache_destroy(pool->cache);
}

/**
 * cws_pool_grow() - have more objects ready for a known burst
 * @pool: the pool
 * @want: free objects to have; the surplus leaves through cws_pool_give()
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int cws_pool_grow(struct cws_pool *pool, unsigned int want)
{
	return pool_fill(pool, want);
}

/**
 * cws_pool_keep() - change how many objects are kept ready
 * @pool: the pool
 * @want: free objects; the surplus goes back to the cache
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int cws_pool_keep(struct cws_pool *pool, unsigned int want)
{
	unsigned long flags;
	void *object;

	WRITE_ONCE(pool->want, want);
	do {
		raw_spin_lock_irqsave(&pool->lock, flags);
		object = pool->nr_free > want ? pool->free : NULL;
		if (object) {
			pool->free = *(void **)object;
			pool->nr_free--;
		}
		raw_spin_unlock_irqrestore(&pool->lock, flags);
		if (object) {
			atomic_dec(&pool->nr_live);
			kmem_cache_free(pool->cache, object);
		}
	} while (object);
	return pool_fill(pool, want);
}

/**
 * cws_pool_take() - an object: zeros, or as it was given back; its first word is neither
 * @pool: the pool
 *
 * Context: probes; takes @pool's lock only. queue_work() wakes a worker, so no
 * scheduler lock may be held: none of the hooked functions is called with one.
 * Return: the object or NULL when none is left; the caller counts the loss.
 */
void *cws_pool_take(struct cws_pool *pool)
{
	unsigned long flags;
	void *object;
	bool low;

	raw_spin_lock_irqsave(&pool->lock, flags);
	object = pool->free;
	if (object) {
		pool->free = *(void **)object;
		pool->nr_free--;
	}
	low = pool->nr_free < READ_ONCE(pool->want) / 2;
	raw_spin_unlock_irqrestore(&pool->lock, flags);
	if (low && !work_pending(&pool->refill))
		queue_work(system_wq, &pool->refill);
	return object;
}

/**
 * cws_pool_give() - give an object back
 * @pool: the pool it came from
 * @object: nobody looks at it any more
 *
 * Context: any but hard interrupts.
 */
void cws_pool_give(struct cws_pool *pool, void *object)
{
	unsigned long flags;
	bool keep;

	raw_spin_lock_irqsave(&pool->lock, flags);
	keep = pool->nr_free < READ_ONCE(pool->want);
	if (keep)
		pool_push_locked(pool, object);
	raw_spin_unlock_irqrestore(&pool->lock, flags);
	if (!keep) {
		atomic_dec(&pool->nr_live);
		kmem_cache_free(pool->cache, object);
	}
}

/**
 * cws_pool_bytes() - memory taken from the cache
 * @pool: the pool
 *
 * Return: bytes, free objects included.
 */
size_t cws_pool_bytes(struct cws_pool *pool)
{
	return (size_t)atomic_read(&pool->nr_live) * kmem_cache_size(pool->cache);
}
