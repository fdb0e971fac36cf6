#!/bin/sh
# The long run on one or more GPUs: the same stages with larger batches, more cycles and longer windows.
# usage: runs/gpu.sh [MINUTES] [GPUS]
# Shards are made beforehand on a CPU machine (runs/cpu.sh makes the first ones) and only read here, so that a GPU
# computes from its first minute. A killed call goes on from its last checkpoint when called again.
set -eu
cd "$(dirname "$0")/.."
minutes=${1:-25}
gpus=${2:-1}
for folder in tokenizer start shards-long; do
  [ -f ".data/$folder/manifest.json" ] || { echo "missing .data/$folder: run the first stages of runs/cpu.sh" >&2; exit 1; }
done
torchrun --standalone --nproc-per-node "$gpus" -m trainer train \
  --device cuda --compile --data .data/shards-long --out .data/run-gpu --start .data/start \
  --h-cycles 2 --l-cycles 2 --gradient-passes 4 --batch 1024 --sampled-rows 16384 --prompt-share 1.0 \
  --rate 0.01 --embedding-rate 0.006 --ema 0.999 --warmup 300 --decay-share 0.3 \
  --eval-minutes 3 --eval-samples 2048 --save-minutes 3 --max-minutes "$minutes"
hrgc-train evaluate --run .data/run-gpu --limit 2000 --out .data/evaluation-gpu.json
hrgc-train release --run .data/run-gpu --evaluation .data/evaluation-gpu.json
