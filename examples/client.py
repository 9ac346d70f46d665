#!/usr/bin/env python3
"""client.py get NAME, client.py set NAME < VALUE: a client from docs/protocol.md alone."""
import base64
import hashlib
import json
import os
import socket
import sys
import uuid


def text_of(path):  # a link or a pipe put there neither leads away nor is waited for
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), encoding="utf-8") as file:
        return file.read()


class Client:
    def __init__(self):
        data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
        home = os.environ.get("STRONGROOM_HOME") or os.path.join(data, "strongroom")
        vault = os.path.join(home, "vault")
        own = json.loads(text_of(os.path.join(vault, "vault.json")))["id"]
        record = text_of(os.path.join(vault, "daemon.pid"))
        endpoint = json.loads(record)["endpoint"] if record.endswith("\n") else ""
        if not os.path.isabs(endpoint):
            sys.exit("no daemon says where it is")
        path = os.fsencode(os.path.realpath(vault))
        if os.path.basename(endpoint) != hashlib.sha256(path).hexdigest()[:16] + ".sock":
            sys.exit(f"{endpoint} is the socket of another vault")
        place = os.path.realpath(os.path.dirname(endpoint))
        ends = (at for at, letter in enumerate(f"{place}/") if letter == "/")
        inside = any(os.path.samefile(place[:end] or "/", vault) for end in ends)
        os.chdir(place)  # what is looked at is connected to, however long its path is
        if inside or os.stat(".").st_uid != os.getuid() or os.stat(".").st_mode & 0o077:
            sys.exit(f"{endpoint} is not in a folder of yours alone")
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(os.path.basename(endpoint))
        self.stream = connection.makefile("rwb")
        self.id = self.seen = 0
        about = {"protocol": {"min": 1, "max": 1}, "client": {"name": "py", "version": "1"}}
        if self.call("hello", **about)["vault"] not in (own, None):  # None: it is not open yet
            sys.exit(f"{endpoint} serves another vault")
        self.call("vault/read", names=[])  # hello has no revision while the vault is being opened

    def call(self, method, **params):
        self.id += 1
        request = {"jsonrpc": "2.0", "id": self.id, "method": method, "params": params}
        body = json.dumps(request).encode()
        self.stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.stream.flush()
        length = 0
        while line := self.stream.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        reply = json.loads(self.stream.read(length) or sys.exit("the daemon hung up"))
        if "error" in reply:
            sys.exit(f"{reply['error']['data']['code']}: {reply['error']['message']}")
        self.seen = max(self.seen, reply["result"]["revision"])
        return reply["result"]

    def get(self, name):
        value, encoding = map(self.call("secret/get", name=name).get, ("value", "encoding"))
        return base64.b64decode(value) if encoding == "base64" else value.encode()

    def set(self, name, value):
        params = {"name": name, "value": base64.b64encode(value).decode(), "encoding": "base64"}
        return self.call("secret/set", **params, requestId=str(uuid.uuid4()), seen=self.seen)


if __name__ == "__main__":
    if sys.argv[1] == "get":
        sys.stdout.buffer.write(Client().get(sys.argv[2]))
    else:
        print(Client().set(sys.argv[2], sys.stdin.buffer.read())["version"])
