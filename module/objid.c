// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses to names that tell nothing of the address. The key is made at load,
 * so a name means nothing beyond one load of the module.
 */
#include <linux/random.h>
#include <linux/siphash.h>

#include "objid.h"

static siphash_key_t key;

/**
 * cws_objid_init() - make the key
 */
void cws_objid_init(void)
{
	get_random_bytes(&key, sizeof(key));
}

/**
 * cws_objid() - the name of an object
 * @object: its address; compared by its hash, never followed
 *
 * Context: any.
 * Return: the name, to be printed as 16 hexadecimal digits.
 */
u64 cws_objid(const void *object)
{
	/* 63 bits: so that no name looks like a kernel address. */
	return siphash_1u64((u64)(uintptr_t)object, &key) >> 1;
}
