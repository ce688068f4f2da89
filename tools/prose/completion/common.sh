# shellcheck shell=bash
# What bash and zsh share. PROSE_CONF_DIR and PROSE_NET_DIR are for tests.

@WORDS@

_prose_confs()
{
	local f

	for f in "${PROSE_CONF_DIR:-/etc/prose}"/*.conf; do
		[ -e "$f" ] || continue
		f=${f##*/}
		printf '%s\n' "${f%.conf}"
	done
}

# All devices, or those of the kind prose.
_prose_devices()
{
	local d dir=${PROSE_NET_DIR:-/sys/class/net}

	for d in "$dir"/*; do
		[ -e "$d" ] || continue
		if [ "${1-}" = prose ]; then
			grep -qsx DEVTYPE=prose "$d/uevent" || continue
		fi
		printf '%s\n' "${d##*/}"
	done
}

# _prose_values WORD COMMAND: what stands behind the word; 1 if it takes no value.
_prose_values()
{
	case $1 in
	dev) _prose_devices prose ;;
	link) _prose_devices ;;
	*)
		_prose_words "=$1" || return
		[ "$1 $2" != "member dev" ] || echo auto ;;
	esac
}

# _prose_next PREV WORD...: what can come behind these words, of which options
# are none; PREV is what stands before the cursor.
_prose_next()
{
	local prev=$1 n k used

	shift
	n=$#
	case $n:${1-} in
	0:)
		_prose_words ""
		return ;;
	1:up | 1:restart | 1:check)
		_prose_confs
		return ;;
	1:down | 1:save)
		_prose_confs
		_prose_devices prose
		return ;;
	1:show | 1:ls | 1:list | 1:showconf)
		_prose_devices prose
		return ;;
	1:doctor) ;;
	1:*)
		_prose_words "$1"
		return ;;
	2:dev)
		case $2 in
		show | set | del) _prose_devices prose ;;
		esac
		return ;;
	esac
	# A word that takes a value is followed by it, not by another word.
	if { [ "$n" -gt 2 ] || { [ "$1" = doctor ] && [ "$n" -gt 1 ]; }; } &&
			[ "$1 $n" != "dev 3" ]; then
		_prose_values "$prev" "$1" && return
	fi
	k=$1
	if [ "$1" != doctor ]; then
		k="$1 $2"
		shift
	fi
	shift
	used=" $* "
	_prose_words "$k" | while IFS= read -r k; do
		case $used in
		*" $k "*) ;;
		*) echo "$k" ;;
		esac
	done
}
