#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What bash offers behind half a line, by the script that is installed and the program that is built.
# Usage: test-completion.bash KASPER SCRIPT
kasper=$(realpath "$1")
# shellcheck source=/dev/null
. "$2"
number=0

# offered LINE: what _kasper puts into COMPREPLY, in one line; a blank at the end begins a new word
offered() {
	read -ra COMP_WORDS <<<"$kasper $1"
	case $1 in '' | *' ') COMP_WORDS+=('') ;; esac
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_kasper 2>/dev/null
	echo "${COMPREPLY[*]}"
}

# expect LINE WORDS
expect() {
	number=$((number + 1))
	found=$(offered "$1")
	if [ "$found" = "$2" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		echo "# offered: $found"
	fi
}

echo 1..7
cd "$(dirname "$2")" || exit 1
expect "po" "policy"
expect "key ds-" "ds-submit ds-seen ds-gone"
expect "key list --keys" "--keystate"
expect "key list --keystate re" "ready retire"
expect "--config kasper.ba" "kasper.bash"
expect "backup " "prepare commit rollback list done"
expect "frobnicate " ""
