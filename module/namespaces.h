/* SPDX-License-Identifier: GPL-2.0-only */
/* Namespaces by the inode numbers that /proc/PID/ns shows. */
#ifndef CWS_NAMESPACES_H
#define CWS_NAMESPACES_H

#include <linux/cgroup.h>
#include <linux/ipc_namespace.h>
#include <linux/nsproxy.h>
#include <linux/time_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>

#include "compat.h"

enum cws_ns {
	CWS_NS_MNT,
	CWS_NS_UTS,
	CWS_NS_IPC,
	CWS_NS_PID,
	CWS_NS_USER,
	CWS_NS_NET,
	CWS_NS_CGROUP,
	CWS_NS_TIME,
	CWS_NR_NS
};

/**
 * cws_ns_of() - a namespace of an nsproxy
 * @nsproxy: what is in it never changes: a task that changes gets another one
 * @ns: which; a constant
 *
 * Context: task_lock, or RCU and a task that does not run.
 * Return: its inode number; 0 this kernel has none of the kind, or it is not there:
 * PID and user namespaces belong to a task in other ways.
 */
static __always_inline u32 cws_ns_of(const struct nsproxy *nsproxy, enum cws_ns ns)
{
	switch (ns) {
	case CWS_NS_MNT:
		return cws_compat_mnt_ns_inum(nsproxy);
	case CWS_NS_UTS:
		return nsproxy->uts_ns->ns.inum;
#ifdef CONFIG_IPC_NS
	case CWS_NS_IPC:
		return nsproxy->ipc_ns->ns.inum;
#endif
	case CWS_NS_NET:
		return nsproxy->net_ns->ns.inum;
	case CWS_NS_CGROUP:
		return nsproxy->cgroup_ns->ns.inum;
#ifdef CONFIG_TIME_NS
	case CWS_NS_TIME:
		return nsproxy->time_ns->ns.inum;
#endif
	default:
		return 0;
	}
}

#endif /* CWS_NAMESPACES_H */
