#!/usr/bin/env bash
# Build the image and try it: with Docker where an engine runs, else as an ordinary user with buildah.
#
# Without Docker the base is Debian's own Python, made by debootstrap, since no registry has to be
# reached; BASE=... names another. What is tried: the user is not root, nothing of the program can be
# written, and the demo runs from events to digests.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly IMAGE="sightline:$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)"
readonly TRY='
test "$(id -u)" = 10001
if touch /app/written 2>/dev/null; then exit 1; fi
sightline --version
cd /tmp && sightline demo --no-pages --one-in 100 --folder /tmp/demo | tail -n 3
test -s /tmp/demo/mailbox/index.html
'

if docker info >/dev/null 2>&1; then
    docker build --tag "$IMAGE" ${BASE:+--build-arg "BASE=$BASE"} .
    docker run --rm --read-only --tmpfs /tmp --entrypoint sh "$IMAGE" -ec "$TRY"
    exit
fi

if [ "$(id -u)" = 0 ]; then
    { command -v buildah && command -v debootstrap && command -v newuidmap; } >/dev/null || {
        apt-get update -qq
        apt-get install -qq -y --no-install-recommends buildah debootstrap uidmap >/dev/null
    }
    id image-builder >/dev/null 2>&1 || useradd --create-home image-builder
    home="$(getent passwd image-builder | cut -d: -f6)"
    work="$home/build" && rm -rf "$work" && mkdir "$work"
    if [ -z "${BASE:-}" ]; then
        base="$(mktemp -d)" && trap 'rm -rf "$base"' EXIT
        mirror="$(sed -n 's/^URIs: //p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)"
        debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates \
            bookworm "$base" ${mirror:+"$mirror"} >"$work/debootstrap.log"
        ln -s python3 "$base/usr/bin/python"
        # What this machine trusts, and where it takes packages from, the build does too.
        cp /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/"
        [ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$base/etc/"
        [ ! -f /etc/apt/sources.list.d/debian.sources ] || {
            rm -f "$base/etc/apt/sources.list"
            cp /etc/apt/sources.list.d/debian.sources "$base/etc/apt/sources.list.d/"
        }
        tar -C "$base" -cf "$work/base.tar" .
    fi
    git archive --format tar HEAD | tar -x -C "$work" --one-top-level=source
    chown -R image-builder: "$work"
    su - image-builder -c "BASE='${BASE:-}' bash '$work/source/deploy/build-image.sh'"
    exit
fi

buildah() { command buildah --storage-driver vfs "$@"; }

base="${BASE:-}"
if [ -z "$base" ]; then
    base=localhost/debian-python
    container="$(buildah from scratch)"
    buildah add --quiet "$container" ../base.tar /
    buildah commit --quiet --rm "$container" "$base" >/dev/null
fi
buildah bud --quiet --isolation chroot --network host --build-arg "BASE=$base" --tag "$IMAGE" .
container="$(buildah from "$IMAGE")"
trap 'buildah rm "$container" >/dev/null' EXIT
buildah run --isolation chroot "$container" -- sh -ec "$TRY"
echo "$IMAGE is built, and was tried, by $(id -un)."
