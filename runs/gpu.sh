#!/bin/sh
# The long run on a GPU that is leased for minutes and reached only by small files and short commands.
# Here:  runs/gpu.sh pack [DATA]            shards, tokenizer and start become .data/parcel, to be carried over
# There: runs/gpu.sh start DATA MINUTES     unpack what has arrived and train behind the shell's back; called again with
#                                           other DATA it saves, and goes on from the same weights with that
#        runs/gpu.sh poll SECONDS           show how far it is, again and again
#        runs/gpu.sh finish OUT             save, stop, and write the averaged weights to OUT in parts below 16 MiB
# Here:  runs/gpu.sh take PARCEL            join them into .data/run-gpu, a checkpoint like any other
# There it needs torch, numpy, sentencepiece, tqdm and click; pure Python wheels in .data/wheels are found as they are.
# RUN_OPTIONS adds options of hrgc-train train, GPUS says how many train together; DEVICE=cpu tries the chain without any.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
device=${DEVICE:-cuda}
run=.data/run-gpu
for wheel in .data/wheels/*.whl; do
  [ -f "$wheel" ] && PYTHONPATH="$wheel${PYTHONPATH:+:$PYTHONPATH}"
done
export PYTHONPATH="${PYTHONPATH:-}"

stop() {
  [ -f "$run/pid" ] || return 0
  pid=$(cat "$run/pid")
  kill -TERM "$pid" 2>/dev/null || true
  for _ in $(seq 120); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 1
  done
  rm -f "$run/pid"
}

case ${1:?pack, start, poll, finish or take} in
pack)
  data=${2:-.data/shards-long}
  "$python" -m trainer parcel --folders "$data,.data/tokenizer,.data/start" --out .data/parcel --part-mib 60
  ;;
start)
  data=${2:?name the shards} minutes=${3:?minutes of training}
  [ ! -f .data/parcel/manifest.json ] || "$python" -m trainer unparcel --parcel .data/parcel
  stop
  mkdir -p "$run"
  if [ "$device" = cuda ]; then fast="--compile --batch-tokens 262144 --pad-to 64 --sampled-rows 16384"; else fast="--no-compile"; fi
  launch="$python -m"
  [ "${GPUS:-1}" = 1 ] || launch="$python -m torch.distributed.run --standalone --nproc-per-node $GPUS -m"
  # shellcheck disable=SC2086 # options are words
  setsid nohup $launch trainer train --device "$device" --data "$data" --out "$run" --start .data/start \
    --h-cycles 2 --l-cycles 2 --gradient-passes 4 --prompt-share 1.0 \
    --rate 0.01 --embedding-rate 0.006 --ema 0.999 --warmup 300 --decay-share 0.3 \
    --eval-minutes 3 --eval-samples 2048 --save-minutes 2 --no-tensorboard \
    $fast --max-minutes "$minutes" ${RUN_OPTIONS:-} >"$run/log" 2>&1 </dev/null &
  echo $! >"$run/pid"
  sleep 5
  kill -0 "$(cat "$run/pid")"
  ;;
poll)
  until=$(($(date +%s) + ${2:-60}))
  while [ "$(date +%s)" -lt "$until" ] && kill -0 "$(cat "$run/pid")" 2>/dev/null; do
    sleep 5
  done
  tail -c 300 "$run/log"
  [ ! -f "$run/curves.jsonl" ] || tail -n 2 "$run/curves.jsonl"
  ;;
finish)
  stop
  "$python" -m trainer parcel --folders "$run" --weights --preset 0 --out "${2:?name the folder for the parts}"
  ;;
take)
  "$python" -m trainer unparcel --parcel "${2:?name the folder with the parts}"
  ;;
*)
  echo "unknown step $1" >&2
  exit 2
  ;;
esac
