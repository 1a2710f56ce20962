# Makes the root of one container in this private mount namespace and becomes its entry point.
# Arguments: image folder, folder for the tmpfs, ro|rw root, user:group, supplementary groups, number of mounts,
# then source, target and ro|rw of each mount, then the command.
set -eu
image=$1 work=$2 root_mode=$3 user=$4 groups=$5 mounts=$6
shift 6
root=$work/root
mount -t tmpfs -o mode=0755 tmpfs "$work"
mkdir "$work/upper" "$work/scratch" "$root"
mount -t overlay overlay -o "lowerdir=$image,upperdir=$work/upper,workdir=$work/scratch" "$root"
mkdir -p "$root/proc" "$root/dev"
mount -t proc proc "$root/proc"
for device in null zero full random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
while [ "$mounts" -gt 0 ]; do
  if [ -d "$1" ]; then
    mkdir -p "$root$2"
  else
    mkdir -p "$(dirname "$root$2")"
    : > "$root$2"
  fi
  mount --bind "$1" "$root$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
  shift 3
  mounts=$((mounts - 1))
done
if [ -n "$E2E_NODE_OPTIONS" ]; then export NODE_OPTIONS="$E2E_NODE_OPTIONS"; else unset NODE_OPTIONS; fi
unset E2E_NODE_OPTIONS
[ "$root_mode" = rw ] || mount -o remount,ro "$root"
exec chroot --userspec="$user" --groups="$groups" "$root" "$@"
