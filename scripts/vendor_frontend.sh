#!/bin/sh
# Fetch the front-end packages that doAkte ships and keep only the files it serves.
# Run it from anywhere; needs npm and tar. Change the versions here, run, look at the pages, commit.
set -eu

KERN=@kern-ux/native@2.7.2
PDFJS=pdfjs-dist@6.5.438
AXE=axe-core@4.14.1

root=$(cd "$(dirname "$0")/.." && pwd)
vendor=$root/doakte_content/static/doakte/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack SPEC FOLDER: download one npm package and unpack it below the work folder.
unpack() {
    mkdir -p "$work/$2"
    archive=$(cd "$work" && npm pack --silent "$1")
    tar -xzf "$work/$archive" -C "$work/$2" --strip-components 1
}

unpack "$KERN" kern
unpack "$PDFJS" pdfjs
unpack "$AXE" axe

rm -rf "$vendor/kern" "$vendor/pdfjs"
mkdir -p "$vendor/kern/fonts" "$vendor/pdfjs"

# The weights that KERN's typography uses; our fonts.css names exactly these.
cp "$work/kern/dist/kern.min.css" "$work/kern/LICENSE.md" "$vendor/kern/"
for weight in Regular Italic Medium SemiBold; do
    cp "$work/kern/dist/fonts/fira-sans/FiraSans-$weight.woff2" "$vendor/kern/fonts/"
done

# The legacy build also runs in the long-term-support browsers of public administrations.
# Of wasm/ only the image and colour decoders: scripts inside PDFs are never run.
cp "$work/pdfjs/legacy/build/pdf.min.mjs" "$work/pdfjs/legacy/build/pdf.worker.min.mjs" "$work/pdfjs/LICENSE" "$vendor/pdfjs/"
cp -r "$work/pdfjs/standard_fonts" "$work/pdfjs/iccs" "$vendor/pdfjs/"
mkdir "$vendor/pdfjs/wasm"
for decoder in jbig2 openjpeg qcms_bg; do
    cp "$work/pdfjs/wasm/$decoder.wasm" "$vendor/pdfjs/wasm/"
done
for licence in JBIG2 OPENJPEG PDFJS_JBIG2 PDFJS_OPENJPEG PDFJS_QCMS QCMS; do
    cp "$work/pdfjs/wasm/LICENSE_$licence" "$vendor/pdfjs/wasm/"
done

# For tests only: the accessibility checker.
mkdir -p "$root/tests/vendor"
cp "$work/axe/axe.min.js" "$root/tests/vendor/"

du -sh "$vendor" "$root/tests/vendor"
