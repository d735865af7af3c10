"""Checks a template of AWS SAM as AWS would take it: cloudformation.py TEMPLATE

Lints it, has SAM's own translator take it apart, lints what comes of that, and prints as JSON how many
resources and parameters there are and how many bytes.
"""

import json
import os
import pathlib
import subprocess
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse


def lint(path):
    lint = subprocess.run([pathlib.Path(sys.executable).parent / "cfn-lint", path], capture_output=True, text=True)
    if lint.returncode != 0:
        sys.exit(lint.stdout + lint.stderr)


def main(path):
    lint(path)
    template = yaml_parse(path.read_text())
    parameters = len(template["Parameters"])
    for resource in template["Resources"].values():
        # As `sam package` does it when it has uploaded the files.
        for name in {"CodeUri", "ContentUri"} & resource["Properties"].keys():
            resource["Properties"][name] = f"s3://bucket/{resource['Properties'][name]}"
    translated = json.dumps(Translator({}, Parser()).translate(template, {}))
    output = path.with_name("translated.json")
    output.write_text(translated)
    lint(output)
    resources = len(json.loads(translated)["Resources"])
    print(json.dumps({"resources": resources, "parameters": parameters, "bytes": len(translated)}))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
