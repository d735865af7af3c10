"""The real Pushpin in front of nginx and fcgiwrap, where functions run in production as CGI programs.

    client -> Pushpin -> nginx -> fcgiwrap -> a process for each request

Everything listens on 127.0.0.1 and on sockets in a folder of its own, and ends with whoever started it.
"""

import contextlib
import ctypes
import http.client
import pathlib
import signal
import socket
import subprocess
import time
import urllib.parse

KEY = "not=a&secret"

PUSHPIN = """\
[global]
include=/usr/lib/pushpin/internal.conf
rundir={folder}
ipc_prefix=test-
[runner]
services=condure,zurl,pushpin-proxy,pushpin-handler
http_port=127.0.0.1:{port}
logdir={folder}
client_buffer_size=262144
client_maxconn=4000
[proxy]
routesfile=routes
sig_iss=pushpin
sig_key={key}
zurl_out_specs=ipc://{{rundir}}/{{ipc_prefix}}zurl-in
zurl_out_stream_specs=ipc://{{rundir}}/{{ipc_prefix}}zurl-in-stream
zurl_in_specs=ipc://{{rundir}}/{{ipc_prefix}}zurl-out
[handler]
push_in_spec=ipc://{{rundir}}/{{ipc_prefix}}push-in
push_in_sub_specs=ipc://{{rundir}}/{{ipc_prefix}}push-in-sub
command_spec=ipc://{{rundir}}/{{ipc_prefix}}command
push_in_http_addr=127.0.0.1
push_in_http_port={control}
message_wait=1000
"""

NGINX = """\
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 4000; }}
http {{
    access_log off;
    client_max_body_size 32m;
    {temporary}
    server {{
        listen 127.0.0.1:{port};
        location = /held {{
            add_header Grip-Hold stream;
            add_header Grip-Channel held;
            return 200 "held";
        }}
{locations}
    }}
}}
"""

LOCATION = """\
        location = {mount}{path} {{
            fastcgi_pass unix:{gateway};
            fastcgi_param GATEWAY_INTERFACE CGI/1.1;
            fastcgi_param SERVER_PROTOCOL $server_protocol;
            fastcgi_param SERVER_NAME $host;
            fastcgi_param SERVER_PORT {port};
            fastcgi_param REMOTE_ADDR $remote_addr;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param SCRIPT_FILENAME {executable};
            fastcgi_param SCRIPT_NAME {mount};
            fastcgi_param PATH_INFO {path};
{variables}
        }}
"""


class Pushpin:
    """Running servers, and where they are."""

    def __init__(self, folder, mounts, variables={}):
        """Starts them, and waits until they serve.

        folder: empty, and with a short path, as it holds sockets.
        mounts: executables by the paths below which they answer, each a pair of mount and path.
        variables: of the functions, beside GRIP_URL.
        """
        self.folder = pathlib.Path(folder)
        self.port, self.control, self.cgi = free_ports(3)
        self.grip_url = f"http://127.0.0.1:{self.control}/?iss=pushpin&key={urllib.parse.quote(KEY)}"
        self.processes = []
        try:
            self.start(mounts, {**variables, "GRIP_URL": self.grip_url})
        except BaseException:
            self.close()
            raise

    def start(self, mounts, variables):
        gateway = self.folder / "fastcgi"
        lines = "\n".join(f'            fastcgi_param {name} "{value}";' for name, value in variables.items())
        locations = "".join(
            LOCATION.format(
                mount=mount, path=path, executable=executable, gateway=gateway, port=self.cgi, variables=lines)
            for (mount, path), executable in mounts.items())
        temporary = " ".join(
            f"{name}_temp_path temporary;" for name in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi"))
        self.write("nginx.conf", NGINX.format(port=self.cgi, locations=locations, temporary=temporary))
        self.write("pushpin.conf", PUSHPIN.format(folder=self.folder, port=self.port, control=self.control, key=KEY))
        self.write("routes", f"* 127.0.0.1:{self.cgi},over_http\n")

        # fcgiwrap would leave processes that it forks behind; so each is one of ours, on the same socket.
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(gateway))
            listening.listen(1024)
            for _ in range(4):
                self.spawn("/usr/sbin/fcgiwrap", "-f", stdin=listening)
        self.spawn("/usr/sbin/nginx", "-e", "stderr", "-p", self.folder, "-c", self.folder / "nginx.conf")
        self.spawn("/usr/bin/pushpin", "--config", self.folder / "pushpin.conf", "--merge-output")
        for port in (self.cgi, self.control, self.port):
            self.wait_for(port)
        self.wait_until_held()

    def wait_until_held(self):
        """Until Pushpin's parts, which listen a little earlier, have found each other."""
        for _ in range(200):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
                connection.request("GET", "/held")
                if connection.getresponse().read(4) == b"held":
                    return
            time.sleep(0.05)
        raise RuntimeError("Pushpin does not hold: " + self.log.decode())

    def write(self, name, text):
        (self.folder / name).write_text(text)

    @property
    def log(self):
        return (self.folder / "log").read_bytes()

    def spawn(self, *command, stdin=subprocess.DEVNULL):
        with open(self.folder / "log", "ab") as log:
            self.processes.append(
                subprocess.Popen(
                    [str(word) for word in command], stdin=stdin, stdout=log, stderr=log,
                    env={"PATH": "/usr/bin:/bin"}, preexec_fn=end_with_parent))

    def wait_for(self, port):
        for _ in range(1000):
            if any(process.poll() is not None for process in self.processes):
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                return
            time.sleep(0.01)
        raise RuntimeError(f"Nobody listens at {port}: " + self.log.decode())

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_ports(count):
    """Ports of the loopback that nobody had a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


libc = ctypes.CDLL(None)


def end_with_parent():
    PR_SET_PDEATHSIG = 1
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
