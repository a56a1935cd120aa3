"""The sandbox against the contract: schemathesis asks it for everything that the document foresees, and for much that
it doesn't; the stream of events, which has no end, is looked at here.

    sandbox.py XEROCTL SCHEMATHESIS
"""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from contract import DOCS, Contract

HERE = Path(__file__).parent
STREAM = "/exec/executions/stream"
# Seconds. Runs without a duration end within a fifth of one.
LATE = 10


class Sandbox:
    """A sandbox that is served, asked by plain HTTP."""

    def __init__(self, xeroctl, home, said):
        self.xeroctl, self.home, self.said = xeroctl, home, said
        self.key, self.base = said["key"], urlsplit(said["base_url"])

    def ask(self, method, path, body=None, headers=None):
        connection = HTTPConnection(self.base.netloc, timeout=LATE)
        headers = {"Authorization": f"Bearer {self.key}"} if headers is None else headers
        text = json.dumps(body) if body is not None else None
        headers |= {"Content-Type": "application/json"} if text else {}
        connection.request(method, self.base.path + path, text, headers)
        return connection.getresponse()

    def call(self, tool, **args):
        body = {"workspace_id": "ws_a1b2c3d4", "tool_name": tool, "args": args}
        return json.load(self.ask("POST", "/exec/invocations", body))

    def listen(self, last=None):
        """The stream, opened anew, and behind the event `last` if there is one."""
        resume = {"Last-Event-ID": last} if last else {}
        return self.ask("GET", STREAM, headers={"Authorization": f"Bearer {self.key}"} | resume)


@contextmanager
def served(xeroctl, dialect="page"):
    line = [xeroctl, "sandbox", "serve", "--dialect", dialect, "-o", "json"]
    with tempfile.TemporaryDirectory() as home, subprocess.Popen(
            line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={"HOME": home}) as process:
        try:
            yield Sandbox(xeroctl, home, json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def events(stream, count):
    """So many events, as their fields. What holds no data is none: comments, and the time to wait before a new try."""
    found, fields = [], {}
    while len(found) < count:
        line = stream.readline().decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        else:
            found += [fields] if "data" in fields else []
            fields = {}
    return found


def refusals(sandbox, contract):
    """What the route refuses: the right status, in the documented envelope."""
    key = {"Authorization": f"Bearer {sandbox.key}"}
    for method, path, headers, status in [
        ("GET", STREAM, {}, 401),
        ("GET", STREAM, {"Authorization": "Bearer wrong"}, 401),
        ("GET", STREAM + "?after=1", key, 400),
        ("POST", STREAM, key, 405),
    ]:
        reply = sandbox.ask(method, path, headers=headers)
        text = reply.read()
        if reply.status != status:
            yield f"{method} {path}: status {reply.status} instead of {status}"
        if not contract.validator("Fault").is_valid(json.loads(text)):
            yield f"{method} {path}: no envelope: {text}"
        if not reply.headers["X-Request-ID"]:
            yield f"{method} {path}: no request ID"


def stream(sandbox, contract):
    """Every kind of event comes, once its cause is there, in the documented form, and again for whoever missed it."""
    media = contract.document["components"]["responses"]["EventStream"]["content"]["text/event-stream"]
    listening = sandbox.listen()
    if listening.status != 200 or listening.headers.get_content_type() != "text/event-stream":
        yield f"the stream begins with {listening.status} {listening.headers}"
    for ending in ["completed", "failed", "timeout"]:
        sandbox.call("sandbox_run", ending=ending, seconds=0)
    for decision in ["approve", "reject"]:
        approval = sandbox.call("sandbox_gate")["approval_id"]
        sandbox.ask("POST", f"/exec/approvals/{approval}/{decision}", {})
    # Five calls: three that run and end; one asked for, approved, run and ended; one asked for and rejected.
    with closing(listening):
        live = events(listening, 3 * 2 + 4 + 2)
    names = {event.get("event") for event in live}
    if names != set(media["x-item-names"]):
        yield f"these kinds of events came: {sorted(names)}"
    for event in live:
        data = json.loads(event["data"])
        if set(event) != {"id", "event", "data"} or not contract.validator("ExecutionEvent").is_valid(data):
            yield f"an event has another form: {event}"
    with closing(sandbox.listen(last=live[0]["id"])) as again:
        if events(again, len(live) - 1) != live[1:]:
            yield f"behind {live[0]['id']} other events come than the first time"


def driven(schemathesis, sandbox, document, *parts):
    """Whether schemathesis is content. What it is told lies in several files, so that nothing is said twice."""
    told = [(HERE / "schemathesis" / f"{part}.toml").read_text() for part in ["common", *parts]]
    configuration = Path(sandbox.home) / "schemathesis.toml"
    configuration.write_text("\n".join(told))
    environment = os.environ | {
        "HOME": sandbox.home,
        "WITNESS_XEROCTL": sandbox.xeroctl,
        "WITNESS_ORIGIN": f"http://{sandbox.base.netloc}",
        "WITNESS_KEY": sandbox.key,
        "WITNESS_OPERATOR_KEY": sandbox.said["squads_operator_key"],
        "WITNESS_AGENT_KEY": sandbox.said["squads_agent_key"],
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
    }
    print(f"sandbox, {' '.join([document, *parts])}:", flush=True)
    run = [schemathesis, "--config-file", configuration, "run", DOCS / document]
    return subprocess.run(run, env=environment, cwd=sandbox.home).returncode == 0


def main():
    xeroctl, schemathesis = sys.argv[1:]
    contract = Contract(DOCS / "openapi.yaml")
    with served(xeroctl) as sandbox:
        findings = [*refusals(sandbox, contract), *stream(sandbox, contract)]
        print(f"sandbox, stream of events: {len(findings)} findings", *findings, sep="\n")
        content = [driven(schemathesis, sandbox, "openapi.yaml", "router")]
    for dialect in ["page", "server"]:
        with served(xeroctl, dialect) as sandbox:
            content.append(driven(schemathesis, sandbox, "openapi-squads.yaml", "squads", dialect))
    sys.exit(bool(findings) or not all(content))


if __name__ == "__main__":
    main()
