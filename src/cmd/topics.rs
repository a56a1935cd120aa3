//! The help topics: pages about options, formats, and other things that all commands share.

use crate::error::EXITS;

/// The topics, with their descriptions for `xeroctl help`.
pub(super) const TOPICS: &[(&str, &str)] = &[
    ("options", "the options that every command takes"),
    ("contexts", "deployments and how one is selected"),
    ("environment", "the environment variables"),
    ("formats", "output formats for people and programs"),
    ("filtering", "limits, pages, and filters of lists"),
    ("exit-codes", "what the exit codes mean"),
];

const CONTEXTS: &str = "\
Deployments and contexts

A deployment is a router under a name: its base URL, a key, and settings. The
configuration file holds them (print its path: xeroctl config path).

  xeroctl config init         add a deployment interactively
  xeroctl config add          add a deployment with options
  xeroctl config list         list the deployments; * marks the current one
  xeroctl config use prod     make prod the current deployment
  xeroctl config use -        return to the previous one
  xeroctl config show         show the effective settings and their origins

A command uses the first of these:
  1. --context NAME
  2. --base-url URL, or XEROCTL_BASE_URL
  3. XEROCTL_CONTEXT (an error together with XEROCTL_BASE_URL)
  4. the current deployment

With --context, the deployment's own base URL and key are used, and the
variables for them are ignored. A stored key is only sent to the host that it
was stored for.

The key is stored in the configuration file, or read for each use from a file
(config set NAME --api-key-file FILE --by-reference), from a command
(--api-key-command 'pass show xero'), or from the system's keychain
(--api-key-keychain ENTRY).

Commands of your own go into the table [alias] of the configuration file:
  fleet = \"agents --all -o wide\"

A protected deployment (config set NAME --protected) can only be changed by
commands that name it with --context. The deployment `sandbox` always exists:
a built-in router for tests that needs no network and no key.
";

const ENVIRONMENT: &str = "\
Environment variables

Options on the command line take precedence. An empty variable counts as unset.

Router:
  XEROCTL_CONTEXT        deployment to use, as --context
  XEROCTL_BASE_URL       base URL, as --base-url
  XEROCTL_API_KEY        API key
  XEROCTL_API_KEY_FILE   file that holds the API key, as --api-key-file
  XEROCTL_ALLOW_HTTP     true or false, as --allow-http
  XEROCTL_OUTPUT         output format, as --output

Squads:
  SLAW_API_URL           root URL, as --squads-url
  SLAW_API_KEY           API key
  SLAW_SQUAD_ID          squad, as --squad
  SLAW_RUN_ID            run that changes are attributed to (a UUID)

Files:
  XEROCTL_CONFIG         configuration file
  XDG_CONFIG_HOME        directory of xeroctl/config.toml [default: ~/.config]
  XDG_STATE_HOME         directory of the sandbox's state
                         [default: ~/.local/state]

Terminal:
  NO_COLOR               disable color
  CLICOLOR, CLICOLOR_FORCE
                         0 disables color; 1 in the latter forces it
  TERM                   dumb disables color and progress lines
  XEROCTL_ACCESSIBLE     1 for screen readers: only whole lines, never rewritten
  XEROCTL_PAGER          pager for results on a terminal, such as 'less -S'; its
                         words are split without a shell [default: none]
  CI                     disables prompts
  TZ                     time zone of --time local

Network:
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                         proxies (never used for loopback hosts)
  SSL_CERT_FILE          CA certificates instead of the system's
";

const FORMATS: &str = "\
Output formats

  table    columns for reading; the default
  wide     table with more columns
  json     the router's JSON response as one document
  ndjson   one JSON object per line, printed as pages arrive
  yaml     the router's response as YAML
  csv      comma-separated values with a header
  name     IDs, one per line

Select a format with -o FORMAT. XEROCTL_OUTPUT, or a deployment's setting
(xeroctl config set NAME --default-output FORMAT), changes the default.

Results go to standard output; prompts, progress, hints, and errors go to
standard error. If standard output is not a terminal, tables are tab-separated
and complete, without color, and times are in UTC. With json or ndjson, the
last line of standard error is a JSON object if the command fails.

--columns NAMES selects the columns of table, wide, and csv by their headings,
in this order. Columns that only wide or the view of one object shows can be
selected as well.

--jq FILTER passes the JSON through a jq filter (xeroctl help filtering) and
implies -o json. Strings are printed without quotes.

  xeroctl agents -o name
  xeroctl agents --columns ID,STATUS,LAST_HEARTBEAT
  xeroctl agents --jq '.data[] | select(.status == \"dead\").id'
  xeroctl agents --all -o ndjson --jq .region | sort | uniq -c
  xeroctl agents --no-headers | cut -f 1,4
";

const FILTERING: &str = "\
Limits, pages, and filters

Lists show one page of the router's own size, unless you ask for more:
  --limit N        at most N items
  --all            all items, fetched page by page
  --after ID       items after this one; combines with both

If there are more items, the command that continues is printed.

Filters (several values, comma-separated, are alternatives; all filters must
match):
  xeroctl agents           --status, --region, --role, --tier, --name 'gpu-*',
                           --older-than 10m (last heartbeat)
  xeroctl exec list        --status, --tool, --workspace, --invocation, --since,
                           --until
  xeroctl exec invocations --status, --tool, --workspace, --since, --until
  xeroctl exec learnings list
                           --workspace
  xeroctl approvals list   --risk, --status, --workspace, --agent, --tool
  xeroctl agents join-keys --include-terminal (adds revoked, exhausted, and
                           expired keys)

The router cannot filter by most fields. Those filters read page after page
until enough items match (--limit, or 20), and report how many were checked.

--since and --until take a time (2026-11-23T08:00:00Z), a date in your time zone
(2026-11-23, today, yesterday; --until includes the day), or how long ago (24h).

With these lists, --count prints only the number of items of the whole list, and
--sort COLUMN[:desc] sorts the whole list by a column.

For any other condition, use --jq with a filter in the jq language, which needs
no jq program:
  xeroctl agents --all -o ndjson --jq 'select(.max_concurrent_requests > 4).id'

With -o json, which --jq implies, the filter's input is the whole document, as
-o json prints it. With -o ndjson, the filter runs for each item as pages
arrive. Strings are printed without quotes. If a filter fails, the exit code is
1 and the values before the failure are printed. Numbers keep their spelling
unless they are computed. Filters only see their input: env, input, debug, halt,
and modules do not exist. A definition that calls itself too deeply is an error,
unless the call comes last in it.
";

/// The text of a topic; `options` is the description of the global options.
pub(super) fn text(topic: &str, options: impl FnOnce() -> String) -> Option<String> {
    Some(match topic {
        "options" => options(),
        "contexts" => CONTEXTS.to_owned(),
        "environment" => ENVIRONMENT.to_owned(),
        "formats" => FORMATS.to_owned(),
        "filtering" => FILTERING.to_owned(),
        "exit-codes" => exit_codes(),
        _ => return None,
    })
}

fn exit_codes() -> String {
    let codes = EXITS
        .iter()
        .map(|info| format!("{:>5}  {}\n", info.exit.code(), info.meaning));
    std::iter::once("Exit codes, the same in every output format:\n\n".to_owned())
        .chain(codes)
        .chain(["\nWhat to do about one of them: xeroctl explain CODE\n".to_owned()])
        .collect()
}
