# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# whole_tree DIR: a saved tree that has every file, of those under data/. To be sourced.
whole_tree()
{
	local part

	mkdir -p "$1"
	cp -r data/after/. "$1"
	for part in map share sites; do
		cp -rn data/$part/. "$1" || true
	done
}
