#!/bin/sh
# The whole evaluation: sets from repositories that were never trained on, baselines, ablations, replayed rankings, report.
# usage: runs/evaluate.sh MODEL CHECKOUT MIRRORS      a GGUF; checked-out repositories; clones or bare mirrors
# Needs the train extra, Go and git, and hours on two cores. Calling it again goes on from what is there.
set -eu
cd "$(dirname "$0")/.."
model=${1:?name a GGUF}
checkout=${2:?name a folder of checked-out repositories}
mirrors=${3:?name the clones or mirrors of the held-out organisations}
sets=.data/repairs

hrgc-train repair-set --checkout "$checkout" --group build --limit 2000 --per-package 60 --per-function 8 --out $sets/buildfix-syn.jsonl.gz
hrgc-train repair-set --checkout "$checkout" --group behaviour --limit 1000 --per-package 30 --per-function 6 --out $sets/mutfix.jsonl.gz
hrgc-train repair-set --checkout "$checkout" --group clean --limit 1000 --per-package 60 --out $sets/clean.jsonl.gz
hrgc-train commit-tasks --mirrors "$mirrors" --limit 1000 --per-commit 3

# Rankings over candidates that are judged once; the weights go into the GGUF with: hrgc-train release --calibration FILE
hrgc-train judge-set --tasks $sets/mutfix.jsonl.gz --checkout "$checkout" --out $sets/judged.jsonl.gz
hrgc-train calibrate --model "$model" --judged $sets/judged.jsonl.gz --out .data/calibration.json

groups=
for set in buildfix-syn mutfix clean buildfix-real commitfix; do
  case $set in buildfix-real | commitfix) where=.data/dev-commits ;; *) where=$checkout ;; esac
  files=
  for mode in none random rules model no-catalogue no-plan no-recursion no-feedback; do
    case $mode in
      none) options="--model none --mode full" ;;
      random | rules) options="--model none --mode $mode" ;;
      model) options="--model $model --mode full" ;;
      *) options="--model $model --mode $mode" ;;
    esac
    out=$sets/$set/$mode.jsonl
    # shellcheck disable=SC2086 - options are several words
    hrgc-train repairs --tasks $sets/$set.jsonl.gz --checkout "$where" $options --out "$out"
    files=${files:+$files,}$out
  done
  hrgc-train repairs-report --files "$files"
  groups="${groups:+$groups;}$set=$files"
done
echo "for the model card: hrgc-train release --repairs '$groups'"
