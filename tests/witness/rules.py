"""What may come of the answers that a command got: the rules of `xeroctl help exit-codes`, and those of the formats."""

import csv
import io
import json
import re
import shlex
from collections import Counter
from dataclasses import dataclass, field

# Seconds: the deadline on the lines that wait.
TIMEOUT = 3


@dataclass
class Exchange:
    """A request, as the operation that it asks for, and its answer."""

    operation: str
    sent: object
    status: int
    body: object

    @property
    def failed(self):
        return self.status >= 400


@dataclass
class Run:
    """One line in one format, and all that came of it."""

    line: str
    format: str
    # Answers are the document's examples, for lines that depend on what they say.
    example: bool
    # Makes one operation answer with one status.
    force: tuple[str, int] | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    # How often each request was sent.
    requests: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    took: float = 0

    def __post_init__(self):
        self.words = shlex.split(self.line)

    def __str__(self):
        force = f"  ({self.force[0]} answers {self.force[1]})" if self.force else ""
        return f"xeroctl {self.line} -o {self.format}{force}"


# The code of an error decides before the status.
EXIT_OF_CODE = {
    code: exit
    for exit, codes in {
        4: "authentication_error scope_insufficient cross_project_access endpoint_restricted "
           "signing_public_key_required",
        6: "invocation_terminal approval_not_pending",
        9: "rate_limit_exceeded capacity_exceeded quota_exceeded insufficient_quota billing_delinquent",
        17: "tool_executor_unavailable endpoint_inactive model_not_scoring internal_error",
    }.items()
    for code in codes.split()
}
EXIT_OF_STATUS = {400: 7, 401: 4, 402: 9, 403: 4, 404: 5, 409: 6, 422: 7, 429: 9, 500: 17, 503: 17}
# Outcomes, not errors: they come without an error object.
ENDS = {"completed": 0, "failed": 10, "rejected": 11, "cancelled": 12, "timeout": 13}
PENDING, DEADLINE, SOME = 8, 14, 15
OUTCOMES = {*ENDS.values(), PENDING, DEADLINE, SOME}
# Whoever waits goes on waiting after these.
PASSING = [429, 500, 503]
# Their answer is an invocation, and its state the outcome.
CALLS = ["invokeTool", "rerunExecution"]
FOLLOWED = [*CALLS, "getInvocation"]


def exit_of(exchange):
    """What an answer comes to by itself."""
    if not exchange.failed:
        return 0
    error = exchange.body.get("error", {})
    # The squads API has a text there, and its code beside it.
    code = (exchange.body if isinstance(error, str) else error).get("code") or ""
    return 5 if code.endswith("_not_found") else EXIT_OF_CODE.get(code) or EXIT_OF_STATUS[exchange.status]


def expected(run):
    """The exit codes that the rules allow after these answers."""
    if run.words[0] == "squads":
        return {expected_of_squads(run)}
    # A feed that fails is taken up again, or asking takes its place.
    asked = [exchange for exchange in run.exchanges if exchange.operation != "streamExecutions"]
    if not asked:
        last = run.exchanges[-1]
        return {exit_of(last), DEADLINE} if last.failed else {DEADLINE}
    first, last = asked[0], asked[-1]
    if first.failed and first.operation != last.operation == "listAgents":
        # It was looked for by name too.
        return {exit_of(first)}
    if "--watch" in run.words:
        # Once the list was read, it is read on after passing errors.
        if first.failed and len({exchange.failed for exchange in asked}) == 1:
            return {exit_of(last)} | ({DEADLINE} if last.status in PASSING else set())
        return {DEADLINE} | ({exit_of(last)} if last.failed and last.status not in PASSING else set())
    each_of = lambda operation: {exit_of(exchange) for exchange in asked if exchange.operation == operation}
    if "stats" in run.words:
        # Keys are counted where they can be listed.
        return {exit_of([exchange for exchange in asked if exchange.operation == "listAgents"][-1])}
    if "--for" in run.words:
        # Which state the answers have, and in which order they come, chance decides. A selection may be empty, and a key
        # that is waited for may not be listed.
        read = [exchange for exchange in asked if exchange.operation != "listAgentEvents"]
        ends = {0, ENDS["failed"], DEADLINE} | {exit_of(exchange) for exchange in read + [last]}
        return ends | ({5} if {"--all", "--wait"} & set(run.words) else set())
    if "curve-rotate" in run.words and "--wait" in run.words:
        each = each_of("rotateCurveKey")
        # Agents that were asked to rotate need not answer.
        return {DEADLINE} if each == {0} else {SOME, DEADLINE} if 0 in each else each if len(each) == 1 else {1}
    if (is_json(run) or run.format == "yaml") and run.words[-2:] == ["join-keys", "jk_1"]:
        # The router has no route to a single key: it is looked for in the lists.
        keys = [key for exchange in asked if not exchange.failed for key in exchange.body["data"]]
        if any(key["id"] == "jk_1" for key in keys):
            return {0}
        return {exit_of(last) if last.failed else 5}
    if first.failed and first.operation != last.operation == "getInvocation":
        # The id was no execution's. If it is that of an invocation without one, `show` shows that.
        return {0 if "show" in run.words and not last.failed else exit_of(first)}
    if run.words[:2] == ["approvals", "approve"]:
        unread = [exchange for exchange in asked if exchange.operation == "getApproval" and exchange.failed]
        if unread:  # Nobody knows its risk, so it is not approved.
            return {exit_of(unread[-1])}
    if run.words[:2] in [["approvals", "approve"], ["approvals", "reject"]]:
        decisions = [exchange for exchange in asked if exchange.operation in ["approve", "reject"]]
        seen = [exchange.body for exchange in asked if exchange.operation == "getApproval" and not exchange.failed]
        each = {exit_of(exchange) for exchange in decisions} | ({6} if any(map(is_decided, seen)) else set())
        if each:  # What was decided before is refused without a request.
            return each if len(each) == 1 else {SOME} if 0 in each else {1}
    if "--wait" in run.words or "watch" in run.words:
        seen = [exchange for exchange in asked if exchange.operation in FOLLOWED and not exchange.failed]
        end = {ENDS.get(seen[-1].body["status"], DEADLINE)} if seen else {DEADLINE}
        if run.took >= TIMEOUT:  # The last answer may have come too late.
            end.add(DEADLINE)
        if last.operation == "getExecutionOutput":  # A run that didn't succeed may have left nothing.
            return {exit_of(last)} if exit_of(last) and end == {0} else end | {exit_of(last)} - {0}
        if last.failed:
            # What this command created may not be known yet to the server that is asked.
            if last.status == 404 and "--wait" in run.words and last.operation == "getInvocation":
                return {exit_of(last), DEADLINE}
            return {exit_of(last), DEADLINE} if last.status in PASSING else {exit_of(last)}
        return end
    if last.operation in CALLS and not last.failed:
        return {PENDING if last.body["status"] == "pending_approval" else ENDS.get(last.body["status"], 0)}
    each = {exit_of(exchange) for exchange in asked if exchange.operation == last.operation}
    if {"--concurrency", "--ids-from"} & set(run.words) and len(each) > 1:
        return {SOME} if 0 in each else {1}
    return {exit_of(last)}


def is_json(run):
    """Whether the line prints JSON."""
    return run.format in ["json", "ndjson"]


def is_decided(approval):
    """Whether an approval says when or by whom it was decided."""
    resolved = [approval.get("resolved_at"), approval.get("resolved_by")]
    return approval.get("status") != "pending" and resolved != [None, None]


def expected_of_squads(run):
    """The one exit code that the rules allow there."""
    verb, first, last = run.words[1], run.exchanges[0], run.exchanges[-1]
    if verb == "health":  # Whose key it is, is told beside it, if the server tells it.
        return exit_of(first)
    if last.failed and last.operation in ["readInstructionsFile", "writeInstructionsFile"]:
        # The agent was changed, and its prompt was not, or is not known to be.
        return 17 if last.operation == "writeInstructionsFile" and last.status >= 500 else 1
    if last.failed:
        return exit_of(last)
    if last.operation == "listAgents" and verb not in ["agents", "list"]:
        return 5  # No agent has the name that the line gives.
    if last.operation == "listKeys" and verb == "revoke-key":
        return 5  # The agent has no such key.
    if last.operation == "getAgent" and verb in ["terminate", "delete", "revoke-key"]:
        return 2  # The agent is in another squad than the one that the line names.
    if last.operation == "readInstructionsFile":  # The prompt was written there.
        return 0 if last.body.get("content", "").rstrip() == run.exchanges[-2].sent["content"].rstrip() else 1
    if verb in ["create", "hire", "update"] and lost_prompt(last):
        return 1
    if verb == "hire":
        return PENDING if is_pending(last.body) else 0
    if verb == "create-key" and {"--ttl", "--expires-at"} & set(run.words):
        return 1  # The expiry of the answer is another.
    return 0


def lost_prompt(exchange):
    """Whether the answer shows that the prompt that was sent is not kept."""
    prompt, bare = exchange.sent.get("prompt"), "agent" not in exchange.body or "approval" in exchange.body
    agent = exchange.body.get("agent") or exchange.body
    if prompt is None or "id" not in agent:
        return False
    if agent.get("prompt") is not None:
        return agent["prompt"] != prompt
    config = agent.get("adapterConfig")
    names = ["instructionsFilePath", "instructionsBundleMode"]
    if config is None:
        return bare
    return all(config.get(name) is None for name in names)


def is_pending(hired):
    """Whether somebody has to decide on the agent: in either form of the answer."""
    approval = hired if "approvalId" in hired else hired["approval"]
    waits = hired.get("agent", {}).get("status") == "pending_approval"
    return approval["status"] != "approved" if approval else waits


def misshown(run, output):
    """What is wrong with standard output, as a document of its format and beside the answer."""
    if "raw" in run.words or "--raw" in run.words:
        return None
    if "--include" in run.words:  # The head of the answer ends in an empty line.
        output = re.split("\r?\n\r?\n", output, maxsplit=1)[-1]
    # What `squads health` shows comes first.
    shown = run.exchanges[0 if "health" in run.words else -1]
    body = {} if shown.body is None else shown.body
    items = listed(run, body)
    if run.words[0] == "squads" and shown.operation in OF_AGENTS and "--show-secrets" not in run.words:
        body, items = veiled(body), veiled(items)
    # Limits and filters choose, pages and several answers are put together, a token that goes into a file is left out;
    # and which answer is the last to whoever waits, the clock decides.
    alone = [exchange.operation for exchange in run.exchanges].count(shown.operation) == 1
    other = {"--limit", "--all", "--status", "--concurrency", "NEW", "--wait", "watch", "--watch", "stream", "--count", "--sort",
             "--ids-from", "wait", "stats"}
    whole = alone and not other & set(run.words)
    if "health" in run.words and isinstance(body, dict):
        # Whose key it is, is added.
        shown_key = parsed(output) or {}
        body = body | ({"key": shown_key["key"]} if "key" in shown_key else {})
    try:
        if run.format == "json" and json.loads(output) != body and whole:
            return "it is not the answer"
        if run.format == "ndjson":
            lines = [json.loads(line) for line in output.splitlines()]
            if whole and lines != ([body] if items is None else items):
                return "these are not the items of the answer"
        if run.format == "csv" and len({len(row) for row in csv.reader(io.StringIO(output), strict=True)}) > 1:
            return "rows of different lengths"
    except (ValueError, csv.Error) as error:
        return str(error)
    if run.format in ["table", "wide", "yaml", "name"] and re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", output):
        return "control characters"
    return None


def lone(run):
    """What is wrong with a permission that is sent without the other."""
    for before, exchange in zip(run.exchanges, run.exchanges[1:]):
        if exchange.operation == "setPermissions" and len(exchange.sent) < 2:
            agent = before.body.get("agent", before.body)
            shown = set(agent.get("permissions") or {})
            if isinstance((agent.get("access") or {}).get("grants"), list):
                shown.add("canAssignTasks")
            if {"canCreateAgents", "canAssignTasks"} <= shown | exchange.sent.keys():
                return "one permission is sent alone, although the other was shown"
    return None


def listed(run, body):
    """The items of an answer that is a list."""
    if isinstance(body, list):
        return body
    names = ["agents", "items", "keys"] if run.words[0] == "squads" else ["data"]
    lists = [body[name] for name in names if isinstance(body, dict) and isinstance(body.get(name), list)]
    return lists[0] if lists else None


# Whose answers hold agents, with configurations that may hold secrets.
OF_AGENTS = ["getMe", "listAgents", "getAgent", "createAgent", "hireAgent", "updateAgent", "setPermissions",
             "pauseAgent", "resumeAgent", "terminateAgent", "getRuntimeState", "resetSession"]


# Names that hold such a word and no secret.
SHOWN = ["urlKey", "permissionKey", "adapterConfigKey", "issueKey"]


def veiled(value, above="", name="", hidden=False):
    """The value, with *** for each text that may be a secret."""
    hidden = hidden or name == "runtimeConfig" or (above, name) in [
        ("adapterConfig", "env"), ("adapterConfig", "headers")] or name not in SHOWN and bool(re.search(
            "key|token|secret|password|passwd|credential|auth|bearer|jwt|cookie|connectionstring", name, re.I))
    if isinstance(value, dict):
        return {below: veiled(inner, name, below, hidden) for below, inner in value.items()}
    if isinstance(value, list):
        return [veiled(inner, above, name, hidden) for inner in value]
    return "***" if hidden and isinstance(value, str) else value


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


def untold(run, exit, errors):
    """What is wrong with the last line of standard error, where a program reads it."""
    if exit in OUTCOMES or run.format not in ["json", "ndjson"]:
        return None
    told = parsed(errors.rstrip("\n").rpartition("\n")[2])
    return None if told and told["error"]["exit_code"] == exit else "no error object that tells the exit code"
