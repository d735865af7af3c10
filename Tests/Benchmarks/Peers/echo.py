"""Tests/Probes/Echo as a CGI program in Python."""

import json
import sys

body = json.load(sys.stdin)
name, quantity = body.get("name"), body.get("quantity", 1)
valid = isinstance(name, str) and 1 <= len(name) <= 100 and type(quantity) is int and 1 <= quantity <= 1000
answer = {"greeting": f"Hello, {name}!", "quantity": quantity} if valid else {"error": "Validation failed"}
sys.stdout.write(f"Status: {'200 OK' if valid else '400 Bad Request'}\r\n")
sys.stdout.write(f"Content-Type: application/json\r\n\r\n{json.dumps(answer)}")
