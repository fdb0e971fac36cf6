#!/bin/sh
# The phases of training on a CPU, from whatever .data/run holds: joint with a curriculum, rollouts, anneal on real edits.
# Where only a released model is left, hrgc-train adopt makes .data/run and .data/tokenizer out of it first.
# usage: runs/phases.sh MINUTES [WINDOWS]   minutes of each phase; windows that the model tries between the first two
# Needs .data/start, .data/shards-long (runs/cpu.sh) and .data/pairs-commits (runs/data.sh). Calling it again goes on.
set -eu
cd "$(dirname "$0")/.."
minutes=${1:?minutes of each phase}
windows=${2:-5000}
train="nice -n 19 hrgc-train train --out .data/run --max-minutes $minutes"

# Phase 1: plan, code and control together, small edits first.
[ -f .data/run/checkpoint.pt ] || $train --data .data/shards-long --start .data/start --curriculum 20000

# Phase 2: the model's own wrong edits with the type checker's findings, among what it was trained on before.
[ -f .data/rollouts/manifest.json ] || hrgc-train rollouts --run .data/run --pairs .data/pairs-std --windows "$windows" --out .data/rollouts
[ -f .data/shards-rollouts/manifest.json ] ||
  hrgc-train pack --pairs .data/rollouts,.data/rollouts,.data/pairs-std --max-tokens 448 --out .data/shards-rollouts
$train --data .data/shards-rollouts

# Phase 3: real edits alone, rates falling to the end.
[ -f .data/shards-commits/manifest.json ] ||
  hrgc-train pack --pairs .data/pairs-commits/train --max-tokens 448 --out .data/shards-commits
$train --data .data/shards-commits --decay-share 0.9
