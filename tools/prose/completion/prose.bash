# SPDX-License-Identifier: GPL-2.0
# bash completion for prose(8)                             -*- shell-script -*-

@COMMON@

# Files, or with -d directories, that begin as $cur does. Each is quoted: what
# stands in a name would be run with the line that it was put into.
_prose_files()
{
	local f begun=${cur#[\"\']} home=""

	if declare -F _filedir > /dev/null; then
		_filedir "$@"
		return
	fi
	begun=${begun//\\/}
	while IFS= read -r f; do
		home=""
		case $begun in
		"~/"*) home="~/" f=${f#"~/"} ;;
		esac
		printf -v quoted '%s%q' "$home" "$f"
		if [ -d "${home:+$HOME/}$f" ]; then
			quoted+=/
			compopt -o nospace 2> /dev/null
		fi
		COMPREPLY+=("$quoted")
	done < <(compgen "${1:--f}" -- "$begun")
}

_prose()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local words=() word list="" found=() used quoted i

	COMPREPLY=()
	# What stands before the cursor, without options and their values.
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		-n | -netns | --netns | --state-dir | -b | -batch | --batch) i=$((i + 1)) ;;
		-?*) ;;
		*) words+=("$word") ;;
		esac
	done
	case $prev in
	-n | -netns | --netns)
		list=$(ls /run/netns 2>/dev/null) ;;
	--state-dir)
		_prose_files -d
		return ;;
	-b | -batch | --batch | file)
		_prose_files
		return ;;
	*)
		case $cur in
		-*) list=$(_prose_words options) ;;
		*) list=$(_prose_next "$prev" "${words[@]}") ;;
		esac ;;
	esac
	# Not compgen -W: it would run what stands in a name as a command.
	IFS=$' \t\n' read -r -d '' -a found <<< "$list" || true
	for word in "${found[@]}"; do
		printf -v quoted %q "$word"
		[[ $word != "$cur"* && $quoted != "$cur"* ]] || COMPREPLY+=("$quoted")
	done
	# A path to a configuration file.
	case ${words[0]-}/$cur in
	up/*/* | down/*/* | restart/*/* | save/*/* | check/*/* | showconf/*/*) _prose_files ;;
	esac
}

complete -F _prose prose
