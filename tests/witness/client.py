"""The client against the contract: every command runs against Prism, a mock server that knows the document alone.

A relay between the two records what passes. So each request is judged by the document, and what the client makes of
each answer by the rules of the command line. The answers are random within the document, and the same every time.

    client.py XEROCTL PRISM
"""

import csv
import io
import json
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from contract import DOCS, Contract

HERE = Path(__file__).parent
FORMATS = ["table", "wide", "json", "ndjson", "csv", "name"]
# Most of the time goes by in waits: for deadlines, and between attempts.
WORKERS = 8
# Seconds. Far more than the deadlines on the lines: what takes longer hangs.
HANGS = 60


@dataclass
class Server:
    """A document, the lines that are to speak it, the groups of commands that they must cover, and how a line is told
    where it is served."""

    document: str
    lines: str
    groups: list[str]
    options: list[str]


SERVERS = [
    Server("openapi.yaml", "router.lines", ["agents", "join-keys", "exec", "approvals"],
           ["--base-url", "{url}/proj_1/v1", "--api-key", "witness-key"]),
]


@dataclass
class Exchange:
    """A request, as the operation that it asks for, and its answer."""

    operation: str
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
    faults: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.words = shlex.split(self.line)

    def __str__(self):
        force = f"  ({self.force[0]} answers {self.force[1]})" if self.force else ""
        return f"xeroctl {self.line} -o {self.format}{force}"


# --- between client and mock ------------------------------------------------------------------------------------------


class Relay(BaseHTTPRequestHandler):
    """Hands requests on to Prism. The first segment of the path tells which run a request belongs to."""

    protocol_version = "HTTP/1.1"
    contract: Contract
    prism: str
    runs: dict[str, Run]

    def handle(self):
        with suppress(ConnectionError):  # The client's deadline may be over.
            super().handle()

    def relay(self):
        name, _, rest = self.path[1:].partition("/")
        run, url = self.runs[name], urlsplit("/" + rest)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = self.contract.find(self.command, url.path)
        asked = operation.name if operation else "nothing"
        faults = operation.faults(url.query, body) if operation else ["no such operation"]

        connection = HTTPConnection(self.prism)
        headers = dict(self.headers) | {"Prefer": wishes(run, asked)}
        connection.request(self.command, "/" + rest, body, headers)
        reply = connection.getresponse()
        answer = reply.read()
        run.exchanges.append(Exchange(asked, reply.status, parsed(answer)))
        for violation in json.loads(reply.headers.get("sl-violations", "[]")):
            if violation["location"][0] == "request":
                faults.append(f"{'.'.join(violation['location'])}: {violation['message']}")
        # What Prism itself has to say, and no operation answers.
        if reply.headers.get_content_type() == "application/problem+json":
            faults.append(answer.decode())
        run.faults += [f"{self.command} /{rest} {body.decode()}: {fault}" for fault in faults]

        self.send_response(reply.status)
        for header in ["Content-Type", "X-Request-ID", "Retry-After"]:
            if header in reply.headers:
                self.send_header(header, reply.headers[header])
        if reply.status != 204:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = relay

    def log_message(self, *_):
        """What matters is in the run."""


def wishes(run, operation):
    """How Prism is to answer: with values that the line, and how far it got, decide; as an example where random ones
    make no sense (random text would hold no event)."""
    seed = f"{run.line}/{run.format}/{len(run.exchanges)}".encode().hex()
    dynamic = not run.example and operation != "streamExecutions"
    code = [f"code={run.force[1]}"] if run.force and run.force[0] == operation else []
    return ", ".join([f"seed={seed}", f"dynamic={str(dynamic).lower()}", *code])


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


# --- the rules of the command line: `xeroctl help exit-codes` ---------------------------------------------------------

# The code of an error decides before the status.
EXIT_OF_CODE = {
    code: exit
    for exit, codes in {
        4: "authentication_error scope_insufficient cross_project_access endpoint_restricted signing_public_key_required",
        6: "invocation_terminal approval_not_pending",
        9: "rate_limit_exceeded capacity_exceeded quota_exceeded insufficient_quota billing_delinquent",
        17: "tool_executor_unavailable endpoint_inactive model_not_scoring internal_error",
    }.items()
    for code in codes.split()
}
EXIT_OF_STATUS = {400: 7, 401: 4, 402: 9, 403: 4, 404: 5, 409: 6, 429: 9, 500: 17, 503: 17}
ENDS = {"completed": 0, "failed": 10, "rejected": 11, "cancelled": 12, "timeout": 13}
DEADLINE = 14
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
    code = error.get("code") or ""
    return 5 if code.endswith("_not_found") else EXIT_OF_CODE.get(code) or EXIT_OF_STATUS[exchange.status]


def expected(run):
    """The exit codes that the rules allow after these answers."""
    # A feed that fails is taken up again, or asking takes its place.
    asked = [exchange for exchange in run.exchanges if exchange.operation != "streamExecutions"]
    if not asked:
        last = run.exchanges[-1]
        return {exit_of(last), DEADLINE} if last.failed else {DEADLINE}
    first, last = asked[0], asked[-1]
    if first.failed and first.operation != last.operation == "getInvocation":
        # The id was no execution's. If it is that of an invocation without one, `show` shows that.
        return {0 if "show" in run.words and not last.failed else exit_of(first)}
    if run.words[:2] == ["approvals", "approve"]:
        unread = [exchange for exchange in asked if exchange.operation == "getApproval" and exchange.failed]
        if unread:  # Nobody knows its risk, so it is not approved.
            return {exit_of(unread[-1])}
    if "--wait" in run.words or "watch" in run.words:
        if last.failed:
            return {exit_of(last), DEADLINE} if last.status in PASSING else {exit_of(last)}
        states = [exchange.body["status"] for exchange in asked if exchange.operation in FOLLOWED and not exchange.failed]
        return {ENDS.get(states[-1], DEADLINE) if states else DEADLINE}
    if last.operation in CALLS and not last.failed:
        return {(ENDS | {"pending_approval": 8}).get(last.body["status"], 0)}
    each = {exit_of(exchange) for exchange in asked if exchange.operation == last.operation}
    if "--concurrency" in run.words and len(each) > 1:
        return {15} if 0 in each else {1}
    return {exit_of(last)}


def misshown(run, output):
    """What is wrong with standard output, as a document of its format and beside the answer."""
    if "raw" in run.words or "--raw" in run.words:
        return None
    body = run.exchanges[-1].body
    items = body.get("data") if isinstance(body, dict) else None
    # Limits and filters choose, several answers are put together, and a token that goes into a file is left out.
    whole = len(run.exchanges) == 1 and not {"--limit", "--status", "NEW", "--concurrency"} & set(run.words)
    try:
        if run.format == "json" and json.loads(output) != (body or {}) and whole:
            return "it is not the answer"
        if run.format == "ndjson":
            lines = [json.loads(line) for line in output.splitlines()]
            if items is not None and whole and lines != items:
                return "these are not the items of the answer"
        if run.format == "csv" and len({len(row) for row in csv.reader(io.StringIO(output), strict=True)}) > 1:
            return "rows of different lengths"
    except (ValueError, csv.Error) as error:
        return str(error)
    if run.format in ["table", "wide", "name"] and re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", output):
        return "control characters"
    return None


# --- all runs ---------------------------------------------------------------------------------------------------------


class Bench:
    """Prism with the relay before it, and a home for the client."""

    def __init__(self, server, xeroctl, prism, home):
        self.xeroctl, self.options, self.home = xeroctl, server.options, Path(home)
        self.contract = Contract(DOCS / server.document)
        self.runs = {}
        port = free_port()
        self.prism = subprocess.Popen(
            [prism, "mock", "--port", str(port), "--errors", "--dynamic", str(DOCS / server.document)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        while "is listening" not in (said := self.prism.stdout.readline()):
            if not said:
                sys.exit(f"{server.document}: Prism does not start")
        threading.Thread(target=self.prism.stdout.read, daemon=True).start()
        ours = {"contract": self.contract, "prism": f"127.0.0.1:{port}", "runs": self.runs}
        self.relay = ThreadingHTTPServer(("127.0.0.1", 0), type("OurRelay", (Relay,), ours))
        threading.Thread(target=self.relay.serve_forever, daemon=True).start()

        (self.home / "object.json").write_text('{"cluster": "blue"}')
        self.values = {"KEY": "k3J8cXv0m2ZqT1sB5dFhYwLr7uNxP9aKgEoIiVtCjHs=", "OBJECT": str(self.home / "object.json")}
        shown = self.start(Run("approvals show apr_1", "table", example=True)).stdout
        self.values["DIGEST"] = re.search(r"DIGEST\t(\S+)", shown)[1]

    def close(self):
        self.relay.shutdown()
        self.prism.terminate()
        self.prism.wait()

    def start(self, run):
        name = f"run-{id(run)}"
        self.runs[name] = run
        values = self.values | {"NEW": str(self.home / name)}
        url = f"http://127.0.0.1:{self.relay.server_port}/{name}"
        line = [values.get(word, word) for word in run.words] + [option.format(url=url) for option in self.options]
        return subprocess.run([self.xeroctl, *line, "-o", run.format], capture_output=True, encoding="utf-8",
                              stdin=subprocess.DEVNULL, timeout=HANGS, env={"HOME": str(self.home)})

    def judge(self, run):
        done = self.start(run)
        allowed = expected(run) if run.exchanges else set()
        if done.returncode not in allowed:
            run.faults.append(f"exit code {done.returncode}, the rules allow {sorted(allowed)}")
        elif done.stdout and (wrong := misshown(run, done.stdout)):
            run.faults.append(f"standard output: {wrong}")
        if "panicked" in done.stderr:
            run.faults.append("a panic")
        if run.faults:
            run.faults += [f"answers: {run.exchanges}", f"standard output: {done.stdout}", f"standard error: {done.stderr}"]
        return run

    def judge_all(self, runs):
        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(self.judge, runs))


def free_port():
    """Prism doesn't tell which port it took, so it is given one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def random_answers(path):
    """The lines of the file, each in all its formats."""
    for text in path.read_text().splitlines():
        line, _, notes = text.partition(" | ")
        for format in [] if line.startswith("#") else set(notes.split()) & set(FORMATS) or FORMATS:
            yield Run(line, format, "example" in notes)


def forced_answers(contract, runs):
    """Every line once with each documented status of each operation that it asked for."""
    statuses = {operation.name: operation.statuses for operation in contract.operations}
    asked = {(run.line, run.example, exchange.operation) for run in runs for exchange in run.exchanges}
    for line, example, operation in sorted(asked):
        # Waits between attempts would take longer than what they show.
        line = line if "--timeout" in line else f"{line} --timeout 3s"
        for status in statuses.get(operation, []):
            yield Run(line, "json", example, (operation, status))


# Options that no line can use, and why.
UNUSED = {"--help": "prints and ends", "--interactive": "needs a terminal"}


def uncovered(groups, runs):
    """Commands of the reference, and options of theirs, that no line uses."""
    lines = {run.line: run.words for run in runs}.values()
    reference = (DOCS / "reference.md").read_text()
    for name, text in re.findall(r"^## xeroctl ([^\n]+)\n\n```text\n(.*?)^```", reference, re.M | re.S):
        own, words = text.partition("\nGlobal options:")[0], name.split()
        if words[0] not in groups or "<VERB>" in own:
            continue
        here = [line for line in lines if line[: len(words)] == words]
        if not here:
            yield f"no line for: xeroctl {name}"
        for option in re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", own, re.M):
            if option not in UNUSED and not any(option in line for line in here):
                yield f"no line uses: xeroctl {name} {option}"


def witness(server, xeroctl, prism):
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(server, xeroctl, prism, home)
        runs = bench.judge_all(random_answers(HERE / server.lines))
        findings = list(uncovered(server.groups, runs))
        runs += bench.judge_all(forced_answers(bench.contract, runs))
        bench.close()
    asked = {exchange.operation for run in runs for exchange in run.exchanges}
    findings += [f"no line asks for: {operation.name}" for operation in bench.contract.operations if operation.name not in asked]
    findings += ["\n    ".join([str(run), *run.faults]) for run in runs if run.faults]
    requests = sum(len(run.exchanges) for run in runs)
    print(f"client, {server.document}: {len(runs)} runs, {requests} requests for {len(asked)} operations, "
          f"{len(findings)} findings", *findings, sep="\n")
    return findings


if __name__ == "__main__":
    sys.exit(any([witness(server, *sys.argv[1:]) for server in SERVERS]))
