# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# dkms with directories of its own: each kernel from the same sources.

dkms_source() {
	mkdir -p "$WORK/dkms/tree" "$WORK/dkms/modules"
	mk install-dkms DESTDIR="$WORK/dkms"
	throwaway_key "$WORK/dkms/mok" "prose test MOK"
	dkms_do add
}

# dkms_do VERB [ARGUMENT...]
dkms_do() {
	dkms "$@" -m prose -v "$(version)" --dkmstree "$WORK/dkms/tree" \
		--sourcetree "$WORK/dkms/usr/src" --installtree "$WORK/dkms/modules"
}

dkms_builds() {
	local ko

	# What /etc/dkms/framework.conf would name: sign-file and the owner's key.
	sign_file=$KDIR/scripts/sign-file mok_signing_key=$WORK/dkms/mok.key \
	mok_certificate=$WORK/dkms/mok.der \
	dkms_do build -k "$KVER" --kernelsourcedir "$KDIR" ||
		{ cat "$WORK/dkms/tree/prose/$(version)/build/make.log"; return 1; }
	ko=$(find "$WORK/dkms/tree/prose/$(version)/$KVER" -name 'prose.ko*')
	same "$KVER" "$(modinfo -F vermagic "$ko" | sed 's/ .*//')"
	same "$(version)" "$(modinfo -F version "$ko")"
	same "prose test MOK" "$(modinfo -F signer "$ko")"
	# What was found out about this kernel's headers stays with this build.
	[ ! -e "$WORK/dkms/usr/src/prose-$(version)/prose/compat-autoconf.h" ]
}

dkms_leaves_out() {
	local status=0

	dkms_do build -k 5.10.0-1-amd64 --kernelsourcedir "$KDIR" || status=$?
	same 77 "$status"
}

part_dkms() {
	kernel_vars 6.12
	check dkms-source dkms_source
	check "dkms-$KVER" dkms_builds
	kernel_vars 6.1
	check "dkms-$KVER" dkms_builds
	check dkms-leaves-out-other-lines dkms_leaves_out
}
