#compdef prose
# SPDX-License-Identifier: GPL-2.0
# zsh completion for prose(8)                              -*- shell-script -*-

@COMMON@

# What the functions above print, under the rules that they are written for.
_prose_ask()
{
	emulate -L sh

	"$@"
}

# compadd and _files quote what they put into the line; nothing here is evaluated.
_prose()
{
	local prev=${words[CURRENT-1]} i
	local -a before found

	# What stands before the cursor, without options and their values.
	for ((i = 2; i < CURRENT; i++)); do
		case ${words[i]} in
		(-n | -netns | --netns | --state-dir | -b | -batch | --batch) ((i++)) ;;
		(-?*) ;;
		(*) before+=("${(Q)words[i]}") ;;
		esac
	done
	case $prev in
	(-n | -netns | --netns)
		found=(/run/netns/*(N:t)) ;;
	(--state-dir)
		_files -/
		return ;;
	(-b | -batch | --batch | file)
		_files
		return ;;
	(*)
		if [[ $PREFIX == -* ]]; then
			found=("${(@f)$(_prose_words options)}")
		else
			found=("${(@f)$(_prose_ask _prose_next "$prev" "${before[@]}")}")
		fi ;;
	esac
	compadd -- "${(@)found:#}"
	# A path to a configuration file.
	case ${before[1]-}/$PREFIX in
	((up|down|restart|save|check|showconf)/*/*) _files ;;
	esac
}

# Loaded by compinit it is called for the first time by this.
[[ ${funcstack[1]-} != _prose ]] || _prose "$@"
