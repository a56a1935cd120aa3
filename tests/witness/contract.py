"""The OpenAPI documents: what the witnesses ask of them, and docs/router-contract.md, which is made of one.

    contract.py          writes docs/router-contract.md
    contract.py --check  fails where it is stale
"""

import sys
from pathlib import Path
from urllib.parse import parse_qsl

import jsonschema_rs
import yaml

DOCS = Path(__file__).parent.parent.parent / "docs"
TABLE = DOCS / "router-contract.md"
METHODS = ["get", "post", "put", "patch", "delete"]

HEAD = """\
# Router contract: documented and assumed routes

The router's documents are incomplete. This page lists every route that `xeroctl` uses, and its source. On an assumed
route, the real router may differ. Paths are below the base URL, `/PROJECT/v1`.

For the complete requests and responses, see [openapi.yaml](openapi.yaml). `tests/witness/contract.py` generates this page
from that file.
"""
PARTS = {
    "documented": ("## Documented routes", "A document names the method and path.",
                   ["Method", "Path", "Description", "Source", "Assumed details"]),
    "assumed": ("## Assumed routes", "A document describes the action, but not the request. If your router uses a different route, call it with\n"
                "[`xeroctl api`](commands.md#api).",
                ["Method", "Path", "Description", "What a document says", "What is assumed"]),
}


class Operation:
    """A method of a path."""

    def __init__(self, contract, template, method, item):
        self.method, self.path = method.upper(), template
        self.segments = template.split("/")
        self.text = item[method]
        self.name = self.text["operationId"]
        self.statuses = [int(status) for status in self.text["responses"]]
        parameters = item.get("parameters", []) + self.text.get("parameters", [])
        resolved = [contract.resolve(parameter) for parameter in parameters]
        self.query = {parameter["name"] for parameter in resolved if parameter["in"] == "query"}
        self.headers = {parameter["name"].lower() for parameter in resolved if parameter["in"] == "header"}

    def fits(self, method, segments):
        return self.method == method and len(self.segments) == len(segments) and all(
            step.startswith("{") or step == segment for step, segment in zip(self.segments, segments))

    def variables(self):
        return sum(step.startswith("{") for step in self.segments)

    def faults(self, query, headers, body):
        """What is wrong with a request and escapes Prism: names in the query, headers of the server's own, and bodies
        where none is foreseen."""
        names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
        found = [f"unknown in the query: {name}" for name in names if name not in self.query]
        found += [f"twice in the query: {name}" for name in sorted(set(names)) if names.count(name) > 1]
        own = [name.lower() for name in headers if name.lower().startswith("x-")]
        found += [f"unknown header: {name}" for name in own if name not in self.headers]
        if body and "requestBody" not in self.text:
            found.append("a body where none is foreseen")
        return found


class Contract:
    """One document."""

    def __init__(self, path):
        self.document = yaml.safe_load(path.read_text())
        self.operations = [
            Operation(self, template, method, item)
            for template, item in self.document["paths"].items()
            for method in METHODS if method in item
        ]

    def resolve(self, node):
        """The node itself, or the one that it refers to."""
        if "$ref" not in node:
            return node
        target = self.document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return target

    def validator(self, schema):
        """Of values of one of the document's schemas."""
        components = {"components": self.document["components"]}
        return jsonschema_rs.validator_for(components | {"$ref": f"#/components/schemas/{schema}"})

    def find(self, method, path):
        """The operation that a request asks for. `/stream` is no id: where two fit, the one with fewer variables."""
        fitting = [operation for operation in self.operations if operation.fits(method, path.split("/"))]
        return min(fitting, key=Operation.variables, default=None)


def table(contract):
    """The page."""
    lines = [HEAD]
    for confidence, (heading, lead, columns) in PARTS.items():
        lines += [heading, "", lead, "", row(columns), row(["---"] * len(columns))]
        for operation in contract.operations:
            text = operation.text
            if text["x-confidence"] == confidence:
                path = operation.path.removeprefix("/{project}/v1")
                lines.append(row([operation.method, f"`{path}`", text["description"].split(". ")[0], text["x-source"],
                                  text.get("x-assumed", "")]))
        lines.append("")
    return "\n".join(lines)


def row(cells):
    return f"| {' | '.join(cells)} |"


def main():
    made = table(Contract(DOCS / "openapi.yaml"))
    if sys.argv[1:] != ["--check"]:
        TABLE.write_text(made)
    elif TABLE.read_text() != made:
        sys.exit(f"{TABLE.name} is stale: run {Path(__file__).name}")


if __name__ == "__main__":
    main()
