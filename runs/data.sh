#!/bin/sh
# Repositories become training data: clones or bare mirrors -> changes -> plans and pairs, and their present code broken
# and checked -> token shards, and the weights of the edit scorer.
# usage: runs/data.sh MIRRORS [WORKERS]      MIRRORS: clones, bare mirrors or folders of them, separated by commas
# Needs the train extra (pip install -e '.[train,go]') and git. Calling it again goes on from what is there; look at the
# result with: hrgc-train show --pairs .data/pairs-commits/train, and hrgc-train show --report --pairs .data/pairs-commits
set -eu
cd "$(dirname "$0")/.."
mirrors=${1:?name the folder with clones or bare mirrors}
workers=${2:-2}

hrgc-train collect-git --repositories "$mirrors" --workers "$workers"
hrgc-train annotate
hrgc-train pairs-commits --mirrors "$mirrors" --workers "$workers"
hrgc-train pairs-source --mirrors "$mirrors" --workers "$workers"
hrgc-train offers --mirrors "$mirrors" --workers "$workers"
hrgc-train offers-commits --mirrors "$mirrors" --workers "$workers"
hrgc-train offers-tests --mirrors "$mirrors" --workers "$workers"
hrgc-train offers --build --mirrors "$mirrors" --workers "$workers" --out .data/offers-build
hrgc-train offers-commits --build --max-lines 40 --mirrors "$mirrors" --workers "$workers" --out .data/offers-build-commits
hrgc-train edits
[ -f .data/tokenizer/manifest.json ] || hrgc-train tokenizer
[ -f .data/pairs-std/manifest.json ] || hrgc-train pairs-std
hrgc-train pack --pairs .data/pairs-source/train,.data/pairs-std,.data/pairs-commits/train,.data/pairs-commits/train \
  --max-tokens 352 --long-share 0.6 --build-share 0.45 --out .data/shards
