# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# make sign, with a key that exists for this.

signs() {
	local pair=$WORK/pair

	throwaway_key "$pair" "prose test signer"
	mk sign KEY="$pair.key" CERT="$pair.der"
	same "prose test signer" "$(modinfo -F signer "$TOP/out/prose.ko")"
	mk sign KEY="$pair.key" CERT="$pair.der"
	same 1 "$(grep -ac '~Module signature appended~' "$TOP/out/prose.ko")"
	mk install-module KEY="$pair.key" CERT="$pair.der" DESTDIR="$WORK/signed"
	same "prose test signer" \
		"$(modinfo -F signer "$WORK/signed/lib/modules/$KVER/updates/prose.ko")"
	mk module
	same "" "$(modinfo -F signer "$TOP/out/prose.ko")"
}

sign_refuses() {
	local fake=$WORK/fake pair=$WORK/pair2

	throwaway_key "$pair" "prose test signer"
	mk module
	refuse "make sign KEY=FILE CERT=FILE" mk sign
	refuse "make sign KEY=FILE CERT=FILE" mk sign KEY="$pair.key"
	refuse "cannot be read" mk sign KEY="$WORK/none" CERT="$pair.der"
	refuse "cannot be read" mk sign KEY="$pair.key" CERT="$WORK/none"
	refuse "could not sign" mk sign KEY="$pair.der" CERT="$pair.der"
	mkdir -p "$fake/scripts"
	refuse "without module signatures" "$TOP/scripts/sign-module" "$fake" \
		"$pair.key" "$pair.der" "$TOP/out/prose.ko"
	echo 'CONFIG_MODULE_SIG_HASH="sha256"' > "$fake/.config"
	refuse "no scripts/sign-file" "$TOP/scripts/sign-module" "$fake" \
		"$pair.key" "$pair.der" "$TOP/out/prose.ko"
	same "" "$(modinfo -F signer "$TOP/out/prose.ko")"
}

part_sign() {
	kernel_vars 6.12
	check sign signs
	check sign-refuses sign_refuses
}
