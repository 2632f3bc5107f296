"""Renders snippets.json with Python's jinja2 as transformers sets it up, into expected.json (null = an error).

Run with jinja2 3.1: python3 make_golden.py
"""
import datetime
import json
import pathlib

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
environment.filters["tojson"] = tojson
environment.globals["raise_exception"] = raise_exception
environment.globals["strftime_now"] = datetime.datetime(2024, 7, 26, 13, 5, 9).strftime


def render(template, variables):
    try:
        return environment.from_string(template).render(**variables)
    except Exception:
        return None


here = pathlib.Path(__file__).parent
snippets = json.loads((here / "snippets.json").read_text())
expected = [render(template, snippets["variables"]) for template in snippets["templates"]]
(here / "expected.json").write_text(json.dumps(expected, indent=0) + "\n")
print(len(expected), "templates,", expected.count(None), "errors")
