#!/bin/sh
# The whole chain on a CPU: tokenizer, pairs from the standard library, shards, training, evaluation, release.
# usage: runs/cpu.sh [MINUTES]      minutes of training, 60 when not given; everything lands in .data/ and models/
# Needs the train extra (pip install -e '.[train,go]'). Calling it again goes on from what is there.
set -eu
cd "$(dirname "$0")/.."
minutes=${1:-60}
export OMP_WAIT_POLICY=passive

[ -f .data/tokenizer/manifest.json ] || hrgc-train tokenizer
[ -f .data/start/manifest.json ] || hrgc-train start
[ -f .data/pairs-std/manifest.json ] || hrgc-train pairs-std
[ -f .data/shards/manifest.json ] || hrgc-train pack --pairs .data/pairs-std --max-tokens 192 --out .data/shards
[ -f .data/shards-long/manifest.json ] || hrgc-train pack --pairs .data/pairs-std --max-tokens 448 --out .data/shards-long

# Most of the time on short windows, the last third on longer ones with falling rates.
short=$((minutes * 2 / 3))
nice -n 19 hrgc-train train --data .data/shards --out .data/run --start .data/start --max-minutes "$short"
nice -n 19 hrgc-train train --data .data/shards-long --out .data/run --decay-share 0.8 --max-minutes "$((minutes - short))"
hrgc-train evaluate --run .data/run --out .data/evaluation.json
hrgc-train release --run .data/run --evaluation .data/evaluation.json
