#!/usr/bin/env python3
"""Writes the SDKs' types from the published schemas: `generate.py [--check]`.

Reads `schema/protocol-1.json` and `schema/connector-1.json`; writes `protocol.py`, `manifest.py`,
`protocol.ts` and `manifest.ts`. With `--check` it writes nothing and ends with 1 if a file is stale.
"""

from __future__ import annotations

import json
import keyword
import sys
import textwrap
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PYTHON = HERE / "python" / "src" / "vinculo_connector"
TYPESCRIPT = HERE / "typescript" / "src"
SCHEMAS = {"protocol": "protocol-1.json", "manifest": "connector-1.json"}
#: The name of a schema's own shape, where it has one beside its definitions.
ROOTS = {"manifest": "Manifest"}
#: Whole lines, which only the loops of the SDKs see.
LINES = {"ConnectorLine", "HostLine"}

Schema = dict[str, Any]


def definitions(name: str) -> dict[str, Schema]:
    """The named shapes of a schema, sorted, so that the order of the file does not matter."""
    schema = json.loads((HERE / "schema" / SCHEMAS[name]).read_text("utf-8"))
    shapes = {key: value for key, value in schema.get("$defs", {}).items() if key not in LINES}
    if "Amount" in shapes:
        # Written as a number by the API, and read in every form.
        shapes["Amount"] = {"description": "An exact number, best as a text.", "type": ["string", "number"]}
    if name in ROOTS and "properties" in schema:
        shapes[ROOTS[name]] = {key: value for key, value in schema.items() if key != "$defs"}
    # Shapes first: Python's aliases of them are evaluated where they stand.
    return dict(sorted(shapes.items(), key=lambda named: (not is_shape(named[1]), named[0])))


def referred(schema: Schema) -> str | None:
    """The name that a `$ref` leads to."""
    return str(schema["$ref"]).rsplit("/", 1)[-1] if "$ref" in schema else None


def choices(schema: Schema) -> list[Any] | None:
    """The values of an enumeration, in either way of writing one."""
    if "enum" in schema:
        return list(schema["enum"])
    if "const" in schema:
        return [schema["const"]]
    found: list[Any] = []
    for choice in schema.get("oneOf", []):
        values = choices(choice)
        if values is None:
            return None
        found += values
    return found or None


def alternatives(schema: Schema) -> list[Schema]:
    """What a value may be, one schema for each way."""
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return [found for one in several for found in alternatives(one)]
    kind = schema.get("type")
    if isinstance(kind, list):
        return [{**schema, "type": one} for one in kind]
    return [schema]


def is_shape(schema: Schema) -> bool:
    """Whether it has keys of its own to name."""
    return schema.get("type") == "object" and (
        bool(schema.get("properties")) or "additionalProperties" not in schema
    )


class Python:
    """Python's way to write a type."""

    none = "None"

    def values(self, values: list[Any]) -> str:
        return "Literal[" + ", ".join(json.dumps(value) for value in values) + "]"

    def type(self, schema: Schema) -> str:
        if name := referred(schema):
            return name
        if values := choices(schema):
            return self.values(values)
        ways = alternatives(schema)
        if len(ways) > 1:
            return " | ".join(dict.fromkeys(self.type(way) for way in ways))
        kind = schema.get("type")
        if kind == "array":
            return f"list[{self.type(schema.get('items', {}))}]"
        if kind == "object":
            rest = schema.get("additionalProperties")
            return f"dict[str, {self.type(rest) if isinstance(rest, dict) else 'Any'}]"
        return {
            "string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"
        }.get(str(kind), "Any")

    def module(self, name: str, shapes: dict[str, Schema]) -> str:
        out = [
            f'"""Made from sdk/schema/{SCHEMAS[name]} by sdk/generate.py. Do not edit."""',
            "",
            "from __future__ import annotations",
            "",
            "from typing import Any, Literal, TypedDict, Union",
            "",
            "__all__ = [",
            *(f'    "{shape}",' for shape in shapes),
            "]",
            "",
        ]
        for shape, schema in shapes.items():
            if is_shape(schema):
                out += self.shape(shape, schema)
            else:
                # Evaluated when imported, also by versions that do not know `|` between texts.
                ways = [self.type(way) for way in alternatives(schema)] if not choices(schema) else []
                written = self.type(schema) if len(ways) < 2 else f"Union[{', '.join(ways)}]"
                out += ["", f"{shape} = {written}", *self.doc(schema, "")]
        text = "\n".join(out).rstrip() + "\n"
        used = [word for word in ("Any", "Literal", "TypedDict", "Union") if text.count(word) > 1]
        return text.replace("import Any, Literal, TypedDict, Union", "import " + ", ".join(used))

    def shape(self, name: str, schema: Schema) -> list[str]:
        properties: Schema = schema.get("properties", {})
        required = set(schema.get("required", []))
        # `from` cannot be written as a class's attribute.
        if any(keyword.iskeyword(key) for key in properties):
            fields = ", ".join(f'"{key}": {self.quoted(value)}' for key, value in properties.items())
            total = "" if required >= set(properties) else ", total=False"
            return ["", f'{name} = TypedDict("{name}", {{{fields}}}{total})', *self.doc(schema, "")]
        out: list[str] = []
        base, body = "TypedDict", properties
        optional = {key: value for key, value in properties.items() if key not in required}
        if optional and required:
            out += ["", "", f"class _{name}(TypedDict):"]
            out += self.fields({k: v for k, v in properties.items() if k in required})
            base, body = f"_{name}", optional
        total = ", total=False" if optional else ""
        out += ["", "", f"class {name}({base}{total}):", *self.doc(schema, "    ")]
        return out + (["", *self.fields(body)] if body else [])

    def quoted(self, schema: Schema) -> str:
        """A type that may not exist yet where it is named."""
        return json.dumps(self.type(schema))

    def fields(self, properties: Schema) -> list[str]:
        out: list[str] = []
        for key, value in properties.items():
            if not key.isidentifier():
                continue  # `$schema`, which is for editors.
            out.append(f"    {key}: {self.type(value)}")
            out += self.doc(value, "    ")
        return out

    def doc(self, schema: Schema, indent: str) -> list[str]:
        text = " ".join(str(schema.get("description") or "").split())
        if not text:
            return [f'{indent}""" """'] if indent and "properties" in schema else []
        lines = textwrap.wrap(f'"""{text}"""', 100 - len(indent), break_long_words=False)
        return [indent + line.replace("\\", "\\\\") for line in lines]


class TypeScript:
    """TypeScript's way to write a type."""

    def type(self, schema: Schema) -> str:
        if name := referred(schema):
            return name
        if values := choices(schema):
            return " | ".join(json.dumps(value) for value in values)
        ways = alternatives(schema)
        if len(ways) > 1:
            return " | ".join(dict.fromkeys(self.type(way) for way in ways))
        kind = schema.get("type")
        if kind == "array":
            inner = self.type(schema.get("items", {}))
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        if kind == "object":
            rest = schema.get("additionalProperties")
            return f"Record_<{self.type(rest) if isinstance(rest, dict) else 'unknown'}>"
        return {
            "string": "string", "integer": "number", "number": "number", "boolean": "boolean",
            "null": "null",
        }.get(str(kind), "unknown")

    def module(self, name: str, shapes: dict[str, Schema]) -> str:
        out = [f"// Made from sdk/schema/{SCHEMAS[name]} by sdk/generate.py. Do not edit.", ""]
        body: list[str] = []
        for shape, schema in shapes.items():
            body += self.doc(schema, "")
            if is_shape(schema):
                required = set(schema.get("required", []))
                body.append(f"export interface {shape} {{")
                for key, value in schema.get("properties", {}).items():
                    body += self.doc(value, "  ")
                    word = key if key.isidentifier() else json.dumps(key)
                    body.append(f"  {word}{'' if key in required else '?'}: {self.type(value)};")
                body += ["}", ""]
            else:
                body += [f"export type {shape} = {self.type(schema)};", ""]
        if any("Record_<" in line for line in body):
            # The protocol has a shape of its own by the name of TypeScript's `Record`.
            out += ["type Record_<T> = { [key: string]: T };", ""]
        return "\n".join(out + body).rstrip() + "\n"

    def doc(self, schema: Schema, indent: str) -> list[str]:
        text = " ".join(str(schema.get("description") or "").split()).replace("*/", "*\\/")
        if not text:
            return []
        if len(text) + len(indent) < 90:
            return [f"{indent}/** {text} */"]
        lines = textwrap.wrap(text, 96 - len(indent), break_long_words=False)
        return [f"{indent}/**", *(f"{indent} * {line}" for line in lines), f"{indent} */"]


def main() -> int:
    """Writes or checks all four files; says which are stale."""
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        print(__doc__, file=sys.stderr)
        return 2
    stale = []
    for name in SCHEMAS:
        shapes = definitions(name)
        for path, text in (
            (PYTHON / f"{name}.py", Python().module(name, shapes)),
            (TYPESCRIPT / f"{name}.ts", TypeScript().module(name, shapes)),
        ):
            if path.exists() and path.read_text("utf-8") == text:
                continue
            stale.append(path.relative_to(HERE.parent))
            if not check:
                path.write_text(text, "utf-8")
    for path in stale:
        print(f"{path} {'is stale: run sdk/generate.py' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
