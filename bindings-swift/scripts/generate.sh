#!/bin/sh
# Writes the Swift and Kotlin sources that call the native library, from the library itself.
#
#   bindings-swift/scripts/generate.sh [FOLDER]
#
# Without a folder, into the packages; with one, below it, to be compared with what is committed.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
into=${1:-$root}
target=${CARGO_TARGET_DIR:-$root/target}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

cd "$root"
cargo build --quiet --locked -p shutterkey-mobile --features bindgen --bin uniffi-bindgen
cargo build --quiet --locked -p shutterkey-mobile
library=$target/debug/libshutterkey_ffi.so
[ -f "$library" ] || library=$target/debug/libshutterkey_ffi.dylib
"$target/debug/uniffi-bindgen" generate --language swift --language kotlin --no-format --out-dir "$out" "$library"

put() { # one file, without the white space that the generator leaves at ends of lines
    mkdir -p "$into/$(dirname "$2")"
    sed -e 's/[[:space:]]*$//' "$out/$1" >"$into/$2"
}
put ShutterkeyFFI.h bindings-swift/Sources/ShutterkeyFFI/ShutterkeyFFI.h
put ShutterkeyCore.swift bindings-swift/Sources/ShutterkeyCore/ShutterkeyCore.swift
put dev/shutterkey/core/shutterkey.kt bindings-kotlin/src/main/kotlin/dev/shutterkey/core/shutterkey.kt
