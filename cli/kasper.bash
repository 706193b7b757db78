# SPDX-License-Identifier: BSD-2-Clause
# bash asks the program itself what can follow: it answers from the tables that its help is made of
_kasper() {
	local current=${COMP_WORDS[COMP_CWORD]} IFS=$'\n' offered

	COMPREPLY=()
	offered=$("${COMP_WORDS[0]}" --complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null) || return
	if [ "$offered" = "<file>" ]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current")
}
complete -F _kasper kasper ods-ksmutil
