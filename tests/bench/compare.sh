#!/usr/bin/env bash
# Compares xeroctl with curl, jq and xh: same machine, same server (nginx with recorded pages), same run. Prints the table
# of docs/performance.md.
#
#   tests/bench/compare.sh           the whole table (about 3 minutes)
#   tests/bench/compare.sh --smoke   one run each: proves that everything still runs
#
# Needs nginx (with libnginx-mod-http-echo for the rows with latency), hyperfine, jq, curl; xh and GNU time if there are any.
# XEROCTL names the binary (target/release/xeroctl if unset).
set -euo pipefail
cd "$(dirname "$0")/../.."

xeroctl=$(realpath "${XEROCTL:-target/release/xeroctl}")
agents=10000
runs=20
[ "${1:-}" != --smoke ] || { agents=200 runs=1; }

work=$(mktemp -d)
trap 'kill "$nginx" 2> /dev/null || true; rm -rf "$work"' EXIT
site=$work/site/p/v1/management
mkdir -p "$site/pages" "$work/home"

# One agent of the documented form; the IDs are as long as real ones.
agent='{object:"agent", id:("agt_\(1000000000 + .)"), name:"gpu-worker-\(.)", worker_id:"worker-\(.)",
  status:(["active","pending","suspended","disconnected"][. % 4]), region:(["us-east","us-west","eu-central"][. % 3]),
  agent_role:"inference", max_concurrent_requests:8, supported_tiers:["priority","default"],
  description:"H100 node in rack \(. % 40), maintained by the platform team", storage_limit_enabled:true,
  storage_limit_bytes:2000000000000, last_heartbeat:"2026-07-01T09:30:00Z",
  public_key:"hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=", exec_paused:false, exec_paused_workspaces:[],
  created_at:"2026-06-01T08:00:00Z", updated_at:"2026-06-02T08:00:00Z"}'
envelope='{object:"list", data:., first_id:.[0].id, last_id:.[-1].id, has_more:$more}'
jq -nc --argjson n "$agents" --argjson more false "[range(\$n) | $agent] | $envelope" > "$site/large.json"
jq -nc --argjson more false "[range(20) | $agent] | $envelope" > "$site/small.json"
pages=$((agents / 100))
jq -nc --argjson n "$agents" "[range(\$n) | $agent] | range(0; \$n; 100) as \$at | .[\$at:\$at + 100]
  | (\$at + 100 < \$n) as \$more | $envelope" | split -l 1 -a 3 -d --additional-suffix .json - "$work/page."
before=first
for page in "$work"/page.*.json; do
  mv "$page" "$site/pages/$before.json"
  before=$(jq -r .last_id "$site/pages/$before.json")
done

echo_module=$(find /usr/lib/nginx/modules -name ngx_http_echo_module.so 2> /dev/null || true)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > "$work/nginx.conf" << CONF
${echo_module:+load_module $echo_module;}
daemon off; $([ "$(id -u)" != 0 ] || echo 'user root;') pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 256; }
http {
  access_log off; keepalive_requests 100000; default_type application/json;
  client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
  map \$arg_after \$page { "" first; default \$arg_after; }
  server {
    listen 127.0.0.1:$port; root $work/site;
    location = /small/v1/management/agents { rewrite ^ /p/v1/management/small.json last; }
    location = /large/v1/management/agents { rewrite ^ /p/v1/management/large.json last; }
    location = /pages/v1/management/agents { rewrite ^ /p/v1/management/pages/\$page.json last; }
    ${echo_module:+location = /slow/v1/management/agents { echo_sleep 0.02; echo_exec @page; \}}
    location @page { rewrite ^ /p/v1/management/pages/\$page.json last; }
  }
}
CONF
nginx -c "$work/nginx.conf" -e "$work/error.log" & nginx=$!
base=http://127.0.0.1:$port
curl -s --retry 20 --retry-delay 1 --retry-connrefused -o /dev/null "$base/small/v1/management/agents"

export HOME=$work/home XDG_CONFIG_HOME=$work/home XEROCTL_API_KEY=xk_bench_0123456789
unset XEROCTL_CONFIG XEROCTL_CONTEXT XEROCTL_OUTPUT 2> /dev/null || true

# curl of all pages on one connection: a file of options, as a shell script has to write it.
pages_for_curl() {
  local after=first
  while [ -e "$site/pages/$after.json" ]; do
    printf 'url = "%s/%s/v1/management/agents?limit=100%s"\noutput = "/dev/null"\n' "$base" "$1" \
      "$([ "$after" = first ] || echo "&after=$after")"
    after=$(jq -r .last_id "$site/pages/$after.json")
  done > "$work/$1.curl"
}
pages_for_curl pages
[ -z "$echo_module" ] || pages_for_curl slow

table=$work/table
printf '| Work | xeroctl | Compared with | its time | Ratio |\n|---|---|---|---|---|\n' > "$table"

# row NAME RUNS XEROCTL-COMMAND OTHER-NAME OTHER-COMMAND: output goes to /dev/null, times are means.
row() {
  hyperfine --style none --warmup "$([ "$2" = 1 ] && echo 0 || echo 3)" --runs "$2" --export-json "$work/run.json" \
    --output null "$3" "$5" > /dev/null 2> "$work/hyperfine.log" || { cat "$work/hyperfine.log" >&2; exit 1; }
  jq -r --arg name "$1" --arg other "$4" '.results as [$a, $b] | def ms: . * 10000 | round / 10 | "\(.) ms";
    "| \($name) | \($a.mean | ms) | \($other) | \($b.mean | ms) | \($a.mean / $b.mean * 100 | round / 100) |"' \
    "$work/run.json" >> "$table"
}

x() { printf '%s --base-url %s/%s/v1 %s' "$xeroctl" "$base" "$1" "$2"; }
small="curl -s -H 'Authorization: Bearer $XEROCTL_API_KEY' $base/small/v1/management/agents"
large="curl -s -H 'Authorization: Bearer $XEROCTL_API_KEY' $base/large/v1/management/agents"
tsv='.data[] | [.id,.name,.worker_id,.status,.region,.last_heartbeat] | @tsv'
many=$((runs * 5))
[ "$runs" != 1 ] || many=1

row 'version' "$many" "$xeroctl --version" 'curl --version' 'curl --version'
row '20 agents, table' "$many" "$(x small agents)" 'curl' "$small"
! command -v xh > /dev/null ||
  row '20 agents, table' "$many" "$(x small agents)" 'xh' "xh --ignore-stdin --body $base/small/v1/management/agents"
row "$agents agents in one response, table" "$runs" "$(x large agents)" 'curl \| jq -r @tsv' "$large | jq -r '$tsv'"
row "$agents agents in one response, json" "$runs" "$(x large 'agents -o json')" 'curl' "$large"
row "$agents agents in one response, ndjson" "$runs" "$(x large 'agents -o ndjson')" 'curl \| jq -c' "$large | jq -c '.data[]'"
row "$agents agents in one response, name" "$runs" "$(x large 'agents -o name')" 'curl \| jq -r .id' "$large | jq -r '.data[].id'"
row "$agents agents in one response, csv" "$runs" "$(x large 'agents -o csv')" 'curl \| jq -r @csv' \
  "$large | jq -r '${tsv/@tsv/@csv}'"
row "$pages pages of 100, --all -o ndjson" "$runs" "$(x pages 'agents --all -o ndjson')" 'curl, one connection' \
  "curl -s -K $work/pages.curl"
[ -z "$echo_module" ] ||
  row "$pages pages of 100, 20 ms each" "$((runs / 4 > 0 ? runs / 4 : 1))" "$(x slow 'agents --all -o ndjson')" \
    'curl, one connection' "curl -s -K $work/slow.curl"
loops=500
[ "$runs" != 1 ] || loops=5
row "$loops times 20 agents, -o json" "$((runs / 10 > 0 ? runs / 10 : 1))" \
  "sh -c 'i=0; while [ \$i -lt $loops ]; do $(x small 'agents -o json'); i=\$((i+1)); done'" \
  "$loops times curl" "sh -c 'i=0; while [ \$i -lt $loops ]; do ${small//\'/\"}; i=\$((i+1)); done'"
cat "$table"

if [ -x /usr/bin/time ]; then
  printf '\n| Peak memory, --all | table | wide | json | ndjson | csv | name |\n|---|---|---|---|---|---|---|\n| %s agents |' "$agents"
  for format in table wide json ndjson csv name; do
    /usr/bin/time -o "$work/rss" -f %M sh -c "$(x pages "agents --all -o $format") > /dev/null"
    printf ' %s MiB |' "$(awk 'END { printf "%.1f", $1 / 1024 }' "$work/rss")"
  done
  echo
fi
printf '\nBinary: %s bytes. %s\n' "$(stat -c %s "$xeroctl")" "$(uname -sm), $(nproc) cores, $(date +%F)"
