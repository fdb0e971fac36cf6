#!/bin/sh
# The whole evaluation: sets from repositories that were never trained on, baselines, ablations, replayed rankings, report.
# usage: runs/evaluate.sh MODEL CHECKOUT MIRRORS [SAMPLE]
#   MODEL     a GGUF
#   CHECKOUT  a folder of checked-out repositories of held-out organisations
#   MIRRORS   their clones or bare mirrors, separated by commas
#   SAMPLE    tasks of each set that are drawn at random, 0 (all) when it is not named
# Needs the train extra, Go and git, and hours on two cores. Calling it again goes on from what is there.
set -eu
cd "$(dirname "$0")/.."
model=${1:?name a GGUF}
checkout=${2:?name a folder of checked-out repositories}
mirrors=${3:?name the clones or mirrors of the held-out organisations}
sample=${4:-0}
sets=.data/sets changes=.data/changes-heldout

# Each command prints, and keeps in its folder below $sets, what was looked at and why it dropped out.
hrgc-train collect-git --repositories "$mirrors" --out $changes --max-files 30 --max-changed 1000 --max-region 3000
hrgc-train repair-set --checkout "$checkout" --out $sets
hrgc-train bug-set --checkout .data/bugs --out $sets
hrgc-train commit-tasks --mirrors "$mirrors" --changes $changes --checkout $sets/commits --out $sets

# Rankings over candidates that are judged once; the weights go into the GGUF with: hrgc-train release --calibration FILE
hrgc-train judge-set --tasks $sets/mutfix.jsonl.gz --checkout "$checkout" --out $sets/judged.jsonl.gz
hrgc-train calibrate --model "$model" --judged $sets/judged.jsonl.gz --out .data/calibration.json

groups=
for set in bugs-test buildfix-syn mutfix clean buildfix-real commitfix; do
  case $set in buildfix-real | commitfix) where=$sets/commits ;; bugs-test) where=.data/bugs ;; *) where=$checkout ;; esac
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
    hrgc-train repairs --tasks $sets/$set.jsonl.gz --checkout "$where" $options --sample "$sample" --out "$out"
    files=${files:+$files,}$out
  done
  hrgc-train repairs-report --files "$files"
  groups="${groups:+$groups;}$set=$files"
done
echo "for the model card: hrgc-train release --repairs '$groups'"
