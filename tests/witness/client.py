"""The client against the contract: every command runs against Prism, a mock server that knows the document alone.

A relay between the two records what passes. So each request is judged by the document, and what the client makes of
each answer by the rules of the command line. The answers are random within the document, and the same every time.

    client.py XEROCTL PRISM
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from contract import DOCS, Contract
from rules import Exchange, Run, expected, lone, misshown, parsed, untold

HERE = Path(__file__).parent
FORMATS = ["table", "wide", "json", "ndjson", "yaml", "csv", "name"]
# Most of the time goes by in waits: for deadlines, and between attempts.
WORKERS = 8
PUBLIC_KEY = "k3J8cXv0m2ZqT1sB5dFhYwLr7uNxP9aKgEoIiVtCjHs="
AGENT, SQUAD = "3fcb87f5-40bf-4e11-b004-a986b1c8cef0", "43490165-2c7d-4b0e-9f61-5d8a3e7c1b24"
# Seconds, after which a run hangs.
HANGS = 60


@dataclass
class Server:
    """A document, the lines that are to speak it, the groups of commands that they must cover, and with what each line
    runs: the options that tell where it is served, and the environment."""

    document: str
    lines: str
    groups: list[str]
    options: list[str]
    environment: dict[str, str] = field(default_factory=dict)


SERVERS = [
    Server("openapi.yaml", "router.lines", ["agents", "join-keys", "exec", "approvals", "api"],
           ["--base-url", "{url}/proj_1/v1", "--api-key", "witness-key"]),
    Server("openapi-squads.yaml", "squads.lines", ["squads"],
           ["--squads-url", "{url}", "--api-key", "witness-key"],
           {"SLAW_RUN_ID": "0f9d6a52-3c1b-4e7a-9b84-6d2f1c0e8a37"}),
]
# The groups that speak to neither, or whose output is not made of one reply.
LOCAL = ["config", "sandbox", "status", "doctor", "top", "explain", "completions", "man", "version", "help"]


# What a segment of a path is the collection of.
KINDS = {"agents": "agent", "approvals": "approval", "candidates": "candidate", "executions": "execution",
         "invocations": "invocation", "join-keys": "join_key", "keys": "key", "learnings": "learning", "tools": "tool"}


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
        faults = operation.faults(url.query, self.headers, body) if operation else ["no such operation"]

        connection = HTTPConnection(self.prism)
        headers = dict(self.headers) | {"Prefer": wishes(run, asked, rest)}
        connection.request(self.command, "/" + rest, body, headers)
        reply = connection.getresponse()
        answer = about(url.path, reply.status, reply.read(), len(run.exchanges))
        run.exchanges.append(Exchange(asked, parsed(body), reply.status, parsed(answer)))
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


def about(path, status, answer, count):
    """The answer with the IDs that were asked for: random ones would be refused as answers about something else. Its
    cursor is one that no answer had before, of which there are `count`: a list that comes back to one has no end."""
    document = parsed(answer)
    if status >= 300 or not isinstance(document, dict):
        return answer
    document.update({"last_id": f"cursor_{count}"} if document.get("last_id") else {})
    segments = [unquote(segment) for segment in path.split("/")]
    for collection, name in zip(segments, segments[1:]):
        kind = KINDS.get(collection)
        if kind is None:
            continue
        for found in [document, document.get(kind)]:
            if isinstance(found, dict):
                found.update({member: name for member in [f"{kind}_id", f"{kind}Id"] if member in found})
                found.update({"id": name} if "id" in found else {})
                found.update({"name": name} if kind == "tool" and "name" in found else {})
    return json.dumps(document).encode()


def wishes(run, operation, path):
    """How Prism is to answer: with values that the line and the request decide, and how often it was sent (the order of
    concurrent requests must not matter); as an example where random ones make no sense (random text would hold no
    event)."""
    run.requests[operation, path] += 1
    seed = f"{run.line}/{run.format}/{path}/{run.requests[operation, path]}".encode().hex()
    dynamic = not run.example and operation != "streamExecutions"
    code = [f"code={run.force[1]}"] if run.force and run.force[0] == operation else []
    return ", ".join([f"seed={seed}", f"dynamic={str(dynamic).lower()}", *code])


# --- all runs ---------------------------------------------------------------------------------------------------------


class Bench:
    """Prism with the relay before it, and a home for the client."""

    def __init__(self, server, xeroctl, prism, home):
        self.xeroctl, self.server, self.home = xeroctl, server, Path(home)
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

        object, body = self.home / "object.json", self.home / "body.json"
        object.write_text('{"cluster": "blue"}')
        ids = self.home / "ids.txt"
        ids.write_text("agt_1\nagt_2\n")
        body.write_text('{"workspace_id": "ws_1", "context": {"cluster": "blue"}}')
        self.values = {"KEY": PUBLIC_KEY, "AGENT": AGENT, "SQUAD": SQUAD,
                       "OBJECT": str(object), "@OBJECT": f"@{object}", "BODY": str(body), "IDS": str(ids)}
        if "approvals" in server.groups:
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
        line = [values.get(word, word) for word in run.words] + [option.format(url=url) for option in self.server.options]
        began = time.monotonic()
        done = subprocess.run([self.xeroctl, *line, "-o", run.format], capture_output=True, encoding="utf-8",
                              stdin=subprocess.DEVNULL, timeout=HANGS, env={"HOME": str(self.home)} | self.server.environment)
        run.took = time.monotonic() - began
        return done

    def judge(self, run):
        done = self.start(run)
        allowed = expected(run) if run.exchanges else set()
        if done.returncode not in allowed:
            run.faults.append(f"exit code {done.returncode}, the rules allow {sorted(allowed)}")
        elif done.stdout and (wrong := misshown(run, done.stdout)):
            run.faults.append(f"standard output: {wrong}")
        elif wrong := untold(run, done.returncode, done.stderr):
            run.faults.append(f"standard error: {wrong}")
        if wrong := lone(run):
            run.faults.append(wrong)
        if "panicked" in done.stderr:
            run.faults.append("a panic")
        if run.faults:
            run.faults += [f"{name}: {value}" for name, value in [
                ("answers", run.exchanges), ("standard output", done.stdout), ("standard error", done.stderr)]]
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
    # Some lines have no document.
    documents = {run.line for run in runs if run.format == "json"}
    asked = {(run.line, run.example, exchange.operation) for run in runs for exchange in run.exchanges}
    for line, example, operation in sorted(asked):
        for status in statuses.get(operation, []):
            yield Run(line, "json" if line in documents else "ndjson", example, (operation, status))


# Options that no line can use, and why.
UNUSED = {"--help": "prints and ends", "--interactive": "needs a terminal"}


def uncovered(server, runs):
    """Commands of the reference, and options of theirs, that no line uses."""
    lines = {run.line: run.words + server.options for run in runs}.values()
    for name, text in commands():
        words = name.split()
        if words[0] not in server.groups:
            continue
        here = [line for line in lines if line[: len(words)] == words]
        if not here:
            yield f"no line for: xeroctl {name}"
        for option in re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", text, re.M):
            if option not in UNUSED and not any(option in line for line in here):
                yield f"no line uses: xeroctl {name} {option}"


def unassigned():
    """Commands of the reference in groups of which nobody has said to whom they speak."""
    groups = {group for server in SERVERS for group in server.groups} | set(LOCAL)
    return [f"speaks to whom: xeroctl {name}" for name, _ in commands() if name.split()[0] not in groups]


def commands():
    """Every command of the reference, with what its help says of it alone."""
    reference = (DOCS / "reference.md").read_text()
    for name, text in re.findall(r"^## xeroctl ([^\n]+)\n\n```text\n(.*?)^```", reference, re.M | re.S):
        own = text.partition("\nGlobal options:")[0]
        if "<VERB>" not in own:
            yield name, own


def witness(server, xeroctl, prism):
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(server, xeroctl, prism, home)
        runs = bench.judge_all(random_answers(HERE / server.lines))
        findings = list(uncovered(server, runs))
        runs += bench.judge_all(forced_answers(bench.contract, runs))
        bench.close()
    asked = {exchange.operation for run in runs for exchange in run.exchanges}
    foreseen = {operation.name for operation in bench.contract.operations}
    findings += [f"no line asks for: {name}" for name in sorted(foreseen - asked)]
    findings += ["\n    ".join([str(run), *run.faults]) for run in runs if run.faults]
    requests = sum(len(run.exchanges) for run in runs)
    print(f"client, {server.document}: {len(runs)} runs, {requests} requests for {len(asked)} operations, "
          f"{len(findings)} findings", *findings, sep="\n")
    return findings


def main():
    findings = unassigned()
    print(*findings, sep="\n", end="\n" if findings else "")
    for server in SERVERS:
        findings += witness(server, *sys.argv[1:])
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
