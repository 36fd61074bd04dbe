# What the scripts here share. State lies below one folder, outside the
# repository: the chroot with Wine 10, or for Wine 8 the prefix alone.

readonly state=${RAON_WINE:-/var/cache/raon-wine}
readonly root=$state/root # of the chroot
readonly repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Programs run headless, without Wine's own browser and .NET, and quietly.
export WINEARCH=win64 WINEDEBUG=${WINEDEBUG:--all} WINEDLLOVERRIDES='mscoree,mshtml='

# in_chroot DIR... -- COMMAND...: runs a command in the chroot, in which the
# folders lie where they lie here. The mounts are its own and end with it.
in_chroot() {
	local dirs=()
	while [[ $1 != -- ]]; do
		dirs+=("$1")
		shift
	done
	shift
	unshare --mount bash -euc '
		root=$1 here=$2 count=$3
		shift 3
		mount --rbind /proc "$root/proc"
		mount --rbind /dev "$root/dev"
		for dir in "${@:1:count}"; do
			mkdir -p "$root$dir"
			mount --rbind "$dir" "$root$dir"
		done
		shift "$count"
		exec chroot "$root" /bin/sh -c "cd \"\$0\" && exec \"\$@\"" "$here" "$@"
	' in_chroot "$root" "$PWD" "${#dirs[@]}" "${dirs[@]}" "$@"
}

# wine COMMAND...: runs one of Wine's programs, wherever it was installed.
wine() {
	local program=$1
	shift
	if [[ -d $root ]]; then
		export WINEPREFIX=/prefix
		in_chroot /tmp "$repository" "$PWD" "${TMPDIR:-/tmp}" -- "/usr/lib/wine/$program" "$@"
	else
		export WINEPREFIX=$state/prefix
		"/usr/lib/wine/$program" "$@"
	fi
}

# ours lists the processes of this Wine, its server and services. The server's own
# way to end them does not always find it.
ours() {
	local process prefix=$state/prefix top=/
	[[ ! -d $root ]] || prefix=/prefix top=$root
	for process in /proc/[0-9]*; do
		[[ $(readlink "$process/root") == "$top" ]] || continue
		! grep -qzx "WINEPREFIX=$prefix" "$process/environ" 2>/dev/null || echo "${process#/proc/}"
	done
}
