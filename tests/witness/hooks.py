"""Every operation that schemathesis tries by itself finds the demonstration whole: what the one before it deleted,
suspended or decided is back. Sequences of operations (the stateful phase) keep what they made."""

import os
import subprocess

import schemathesis

tried = None


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """The squads API overlooks a run that is none. Clients are held to the document, the sandbox can't be."""
    if run := raw_schema["components"]["parameters"].get("RunId"):
        run["schema"] = {"type": "string"}


@schemathesis.hook
def before_call(context, case, kwargs):
    global tried
    trying = (case.meta.phase.name, case.operation.label)
    if trying != tried and trying[0] != "stateful":
        subprocess.run([os.environ["WITNESS_XEROCTL"], "sandbox", "reset", "--force"], check=True, capture_output=True)
    tried = trying
