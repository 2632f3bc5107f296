#!/bin/bash
# Sets this project's steps against plain PyTorch scripts on this machine and writes bench/results.md.
#
#   bench/compare.sh --baseline DIR [--reps N] [--rounds N] [--warmup N] [--sides LIST] [--busy] [--alignment FILE] [--out FILE] [WORKLOAD...]
#
# DIR holds sft_llama.py, dpo_llama.py, sft_gpt2.py, ... and tuned_env.sh; they run with python3-torch (PYTHON=/usr/bin/python3).
# WORKLOAD: sft, dpo, dpo-ragged, gpt2, rollout, ppo; all when left out. What is not measured keeps its rows in the file. Each round runs ours and theirs in turn (A B A B), each in a fresh process:
#   ours fp32, ours bf16     as a user starts it, with OPENBLAS_CORETYPE=Haswell in the shell: the program settles its environment itself
#   installed fp32           theirs, with that variable and nothing else
#   tuned fp32, tuned bf16   theirs, after tuned_env.sh, whose settings are printed
# --sides "ours bf16,tuned bf16" leaves the others out: a PPO step of the last one takes minutes. --warmup: steps before those that count, 1 when left out.
# Of a rollout both sides also run the part up to each response's first token, so that the rate of the tokens behind it, decoding alone, can be told.
# The baseline scripts wait for a quiet machine before each step; --busy lets them not wait, where the machine is never quiet.
# RUN="chrt -f 50" in the environment goes before each command (needs root; keeps a busy machine's other work out of the figures).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
baseline="" reps=3 rounds=2 warmup=1 sides="ours bf16,tuned bf16,ours fp32,tuned fp32,installed fp32" out="$here/results.md" python=${PYTHON:-/usr/bin/python3} run=${RUN:-}
alignment="$here/../artifacts/bin/Alignment.Cli/release/alignment"
script='import runpy, sys; sys.path.insert(0, "."); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name="__main__")'
workloads=()
fail() { # exit code, message
  echo "error: $2" >&2
  exit "$1"
}
while [ $# -gt 0 ]; do
  case $1 in
    --baseline | --reps | --rounds | --warmup | --sides | --alignment | --out) [ $# -gt 1 ] || fail 2 "$1 needs a value" ;;
  esac
  case $1 in
    -h | --help) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --baseline) baseline=$2; shift ;;
    --busy) script="import sys; sys.path.insert(0, '.'); import common; common.wait_quiet = lambda *_: None; common.busy_seconds = lambda: common.cpu_seconds()[0]; $script" ;;
    --reps) reps=$2; shift ;;
    --rounds) rounds=$2; shift ;;
    --warmup) warmup=$2; shift ;;
    --sides) sides=$2; shift ;;
    --alignment) alignment=$2; shift ;;
    --out) out=$2; shift ;;
    -*) fail 2 "compare.sh has no option $1; see: bench/compare.sh --help" ;;
    *) workloads+=("$1") ;;
  esac
  shift
done
[ -n "$baseline" ] && [ -f "$baseline/tuned_env.sh" ] || fail 2 "give --baseline DIR, the folder with the baseline scripts and tuned_env.sh"
[ -x "$alignment" ] || fail 3 "$alignment is not built; run: dotnet build -c Release src/Alignment.Cli"
"$python" -c "import torch" 2> /dev/null || fail 3 "$python has no torch; install python3-torch, or name another Python in PYTHON"
[ ${#workloads[@]} -gt 0 ] || workloads=(sft dpo dpo-ragged gpt2 rollout ppo)
IFS=, read -ra wanted <<< "$sides"

ours_of() {
  case $1 in
    sft) echo "sft" ;;
    dpo) echo "dpo" ;;
    dpo-ragged) echo "dpo --ragged" ;;
    gpt2) echo "sft --shape gpt2-124m --batch 4" ;;
    rollout) echo "rollout" ;;
    ppo) echo "ppo" ;;
    *) fail 2 "there is no workload '$1'; known: sft dpo dpo-ragged gpt2 rollout ppo" ;;
  esac
}
theirs_of() {
  case $1 in
    sft) echo "sft_llama.py" ;;
    dpo) echo "dpo_llama.py" ;;
    dpo-ragged) echo "dpo_llama.py --ragged" ;;
    gpt2) echo "sft_gpt2.py" ;;
    rollout) echo "rollout_llama.py" ;;
    ppo) echo "ppo_llama.py" ;;
  esac
}

for workload in "${workloads[@]}"; do
  ours_of "$workload" > /dev/null
done
for side in "${wanted[@]}"; do
  case $side in
    "ours bf16" | "ours fp32" | "tuned bf16" | "tuned fp32" | "installed fp32") ;;
    *) fail 2 "there is no side '$side'; known: ours bf16, tuned bf16, ours fp32, tuned fp32, installed fp32" ;;
  esac
done

echo "environment of ours and installed: OPENBLAS_CORETYPE=Haswell"
echo "environment of tuned:"
grep -E '^(export|unset)' "$baseline/tuned_env.sh" | sed 's/ *#.*//; s/^/  /'

lines=$(mktemp)
trap 'code=$?; [ $code = 0 ] && rm -f "$lines" || echo "what was measured stands in $lines" >&2; exit $code' EXIT
note() { # workload, side, JSON line
  echo "$3" | sed "s/^{/{\"case\": \"$1\", \"side\": \"$2\", /" | tee -a "$lines"
}
ours() { # workload, dtype
  local line
  line=$(env OPENBLAS_CORETYPE=Haswell $run "$alignment" bench $(ours_of "$1") --dtype "$2" --reps "$reps" --warmup "$warmup" --json)
  note "$1" "ours $2" "$line"
}
baseline_line() { # how the environment is made, dtype, arguments of the script
  (cd "$baseline" && eval "$1" && $run "$python" -c "$script" ${*:3} --dtype "$2" --reps "$reps" --warmup "$warmup")
}
theirs() { # workload, side, how the environment is made
  local line
  line=$(baseline_line "$3" "${2#* }" $(theirs_of "$1"))
  note "$1" "$2" "$line"
  if [ "$1" = rollout ]; then
    line=$(baseline_line "$3" "${2#* }" $(theirs_of "$1") --new 1)
    note "rollout-first" "$2" "$line"
  fi
}

for workload in "${workloads[@]}"; do
  for ((round = 0; round < rounds; round++)); do
    for side in "${wanted[@]}"; do
      case $side in
        ours*) ours "$workload" "${side#* }" ;;
        tuned*) theirs "$workload" "$side" "source ./tuned_env.sh" ;;
        installed*) theirs "$workload" "$side" "unset LD_LIBRARY_PATH; export OPENBLAS_CORETYPE=Haswell" ;;
      esac
    done
  done
done

"$python" - "$lines" "$out" "$baseline" <<'PY'
import collections, datetime, json, math, platform, statistics, sys

lines, out, baseline = sys.argv[1:]
runs = collections.defaultdict(list)
for line in open(lines):
    if line.startswith("{"):
        row = json.loads(line)
        runs[row["case"], row["side"]].append(row)
order = ["sft", "dpo", "dpo-ragged", "gpt2", "rollout", "ppo"]
measured = [case for case in order if any(case == measured for measured, _ in runs)]
sides = ["ours bf16", "ours fp32", "tuned bf16", "tuned fp32", "installed fp32"]


# What the file says of sides that were not measured now, in its two tables. Rows of an older file do not tell when they were measured.
kept, kept_ratios = {}, {}
try:
    for line in open(out):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0] in order and len(cells) == 6:
            kept_ratios[cells[0]] = cells[1:]
        elif cells[0] in order and len(cells) in (8, 9):
            kept[cells[0], cells[1]] = line.rstrip("\n") + ("  |" if len(cells) == 8 else "")
except FileNotFoundError:
    pass
cases = [case for case in order if case in measured or any(case == known for known, _ in kept)]


# Of the processes that tell the field; not a number where none does.
def median(case, side, field):
    return statistics.median([row[field] for row in runs[case, side] if row.get(field) is not None] or [math.nan])


def shown(value, digits=0):
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def row(*cells):
    return f"| {' | '.join(cells)} |"


# Of sampling: the tokens behind each response's first, in the time that a rollout of one token does not take.
def decoding(case, side):
    if side.startswith("ours"):
        return shown(median(case, side, "decode_tokens_per_s"))
    if (case + "-first", side) not in runs:
        return ""
    tokens = median(case, side, "tokens") - median(case + "-first", side, "tokens")
    return shown(1e3 * tokens / (median(case, side, "ms_median") - median(case + "-first", side, "ms_median")))


# When, how many processes, how many steps in each.
def measured_how(case, side):
    rows = runs[case, side]
    return f"{datetime.date.today()}, {len(rows)} × {rows[0].get('reps', '?')}"


cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
knobs = [line.split("#")[0].strip() for line in open(baseline + "/tuned_env.sh") if line.startswith(("export", "unset"))]
threads = next((run["threads"] for rows in runs.values() for run in rows if "threads" in run), "?")
text = [
    "# Against plain PyTorch", "",
    f"Written by `bench/compare.sh`, last on {datetime.date.today()}: {cpu}, {threads} threads. Medians over the processes of each side, which ran in turn; the last column tells for each row "
    "when, how many processes, and how many steps in each, where that is known.", "",
    "*ours* and *installed* run with `OPENBLAS_CORETYPE=Haswell` in the shell; ours settles its own environment, PyTorch does not. *tuned* is PyTorch after:", "",
    "```", *knobs, "```", "",
    "*Decode* are the tokens behind each response's first, over the time that a rollout of one token does not take.", "",
    "| workload | side | ms | tokens/s | peak MB | MFU | matrix product, GFLOP/s | decode tokens/s | measured, processes × steps |", "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
]
for case in cases:
    for side in sides:
        if (case, side) in runs:
            fields = [("ms_median", 0), ("tokens_per_s", 0), ("peak_rss_mb", 0), ("mfu", 2), ("gemm_peak_gflops", 0)]
            text.append(row(case, side, *(shown(median(case, side, field), digits) for field, digits in fields), decoding(case, side), measured_how(case, side)))
        elif (case, side) in kept:
            text.append(kept[case, side])
text += ["", "How many times faster ours is, and what part of the memory it takes, medians of the ratios of a round's processes:", "",
         "| workload | bf16 vs installed fp32 | bf16 vs tuned bf16 | fp32 vs tuned fp32 | bf16 memory vs tuned bf16 | fp32 memory vs tuned fp32 |", "| --- | --- | --- | --- | --- | --- |"]
for case in cases:

    def ratio(place, over, under, field):
        if (case, over) not in runs or (case, under) not in runs:
            return kept_ratios.get(case, [""] * 5)[place]
        pairs = zip(runs[case, over], runs[case, under])  # of one round: what slows the machine for a while slows both
        ratios = [one[field] / other[field] for one, other in pairs if one.get(field) and other.get(field)]
        return shown(statistics.median(ratios), 2) if ratios else ""

    text.append(row(
        case, ratio(0, "installed fp32", "ours bf16", "ms_median"), ratio(1, "tuned bf16", "ours bf16", "ms_median"), ratio(2, "tuned fp32", "ours fp32", "ms_median"),
        ratio(3, "ours bf16", "tuned bf16", "peak_rss_mb"), ratio(4, "ours fp32", "tuned fp32", "peak_rss_mb")))
open(out, "w").write("\n".join(text) + "\n")
print("wrote", out)
PY
