#!/usr/bin/env python3
"""Holds the sources to the layering: which folder may include which, and what the protocol core
(media, sfu) must not touch at all. Prints every breach; exit code 1 if there is one."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"

MEDIA_CORE = ["media/rtp", "media/rtcp", "media/codec", "media/sdp", "media/stun", "media/ice", "media/dtls",
              "media/srtp", "media/sctp", "media/bwe", "media/pacer"]

# Folder → folders (or single headers) it may include besides itself. CMakeLists.txt links the same.
ALLOWED = {
    "base": [],
    "media/rtp": ["base"],
    "media/sdp": ["base"],
    "media/stun": ["base"],
    "media/pacer": ["base"],
    "media/rtcp": ["base", "media/rtp"],
    "media/codec": ["base", "media/rtp"],
    "media/ice": ["base", "media/stun"],
    "media/turn": ["base", "media/stun"],
    "media/dtls": ["base"],
    "media/srtp": ["base", "media/rtp"],
    "media/sctp": ["base"],
    "media/bwe": ["base", "media/rtcp"],
    "media/peer": ["base", *MEDIA_CORE],
    "sfu": ["base", "media/rtp", "media/rtcp", "media/codec"],
    "io": ["base"],
    # What stands in for users and their links.
    "load": ["base", "io", "media/peer", *MEDIA_CORE, "shard/timer_queue.h", "api/http"],
    "outbound": ["base"],
    "shard": ["base", "io", "media/peer", "media/turn", "sfu", *MEDIA_CORE],
    "store": ["base"],
    "cluster": ["base"],
    # The webhook sender has its own thread; of the HTTP server it needs only how a token is signed.
    "webhooks": ["base", "io", "outbound", "store", "api/http/jwt.h"],
    # Uploads finished files on threads of its own.
    "storage": ["base", "io", "outbound", "store"],
    # Control speaks to the media side in the words of one header and of the codecs it names.
    "control": ["base", "store", "cluster", "shard/messages.h", "media/codec/codec.h"],
    # Reads what control tells, in the words of these headers, and nothing else of it.
    "history": ["base", "store", "control/domain_events.h", "control/types.h", "media/codec/codec.h"],
    "api/http": ["base"],
    "api/livekit": ["base", "api/http", "control", "history/record.h", "shard/messages.h", "media/codec/codec.h"],
    "api/videosdk": ["base", "api/http", "control", "history/record.h", "history/egress_rows.h", "store",
                     "media/codec/codec.h"],
    "api/whip": ["base", "api/http", "control"],
    "egress": ["base", "media/rtp", "media/codec", "io", "sfu/relay_format.h"],
    "server": ["*"],
    "cli": ["*"],
}

# Where bytes and time are arguments: nothing that blocks, shares, or asks the machine.
SANS_IO = ("media/", "sfu/")
SANS_IO_EXCEPTIONS = ("media/sctp/usrsctp_stack.",)  # usrsctp keeps process-wide state of its own
FORBIDDEN_THERE = [
    (r"#include <(thread|mutex|shared_mutex|atomic|condition_variable|future|semaphore|stop_token)>", "threads"),
    (r"#include <(sys/socket|sys/epoll|sys/select|poll|netinet/|arpa/|netdb|unistd|fcntl|sys/eventfd)", "sockets and files"),
    (r"#include <(iostream|fstream|cstdio|ctime|time)\b", "files and clocks"),
    (r"_clock::now\(|\bclock_gettime\(|\bgettimeofday\(|\bstd::time\(", "clocks"),
    (r"\b(sleep_for|sleep_until|usleep|nanosleep)\(", "sleeping"),
]
# A shard is a thread; it talks by messages and so has nothing to lock.
SHARD_FORBIDDEN = [(r"#include <(mutex|shared_mutex|condition_variable|future)>", "locks")]
# Only io (and the log's time stamps) may ask what time it is.
CLOCKS = r"(steady_clock|system_clock|high_resolution_clock)::now\("
CLOCK_OWNERS = ("io/", "base/log.cc", "api/", "server/", "cli/")

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def folder_of(path: str) -> str:
    parent = path.rsplit("/", 1)[0] if "/" in path else ""
    while parent and parent not in ALLOWED and "/" in parent:
        parent = parent.rsplit("/", 1)[0]
    return parent


def may_include(folder: str, header: str, is_test: bool) -> bool:
    if header.endswith(".pb.h"):
        if folder == "egress":
            return header == "proto/egress.pb.h"
        return folder in ("api/livekit", "server", "cli", "load")
    target = folder_of(header)
    if target == folder:
        return True
    if is_test and header.startswith("harness/"):
        return True
    rules = ALLOWED[folder]
    return "*" in rules or target in rules or header in rules


def check(path: Path) -> list[str]:
    name = path.relative_to(SRC).as_posix()
    folder = folder_of(name)
    if folder not in ALLOWED:
        return [f"src/{name}: no rule for this folder in tools/check_includes.py"]
    is_test = name.endswith(("_test.cc", "_fixture.h", "_fixture.cc"))
    breaches = []
    core = name.startswith(SANS_IO) and not name.startswith(SANS_IO_EXCEPTIONS) and not is_test
    patterns = list(FORBIDDEN_THERE) if core else list(SHARD_FORBIDDEN) if folder == "shard" and not is_test else []
    if not name.startswith(CLOCK_OWNERS) and not is_test:
        patterns.append((CLOCKS, "clocks"))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        code = line.split("//", 1)[0]
        found = INCLUDE.match(line)
        if found and not may_include(folder, found.group(1), is_test):
            breaches.append(f"src/{name}:{number}: {folder} may not include {found.group(1)}")
        breaches += [f"src/{name}:{number}: no {what} here: {line.strip()}"
                     for pattern, what in patterns if re.search(pattern, code)]
    return breaches


def main() -> int:
    files = sorted(p for p in SRC.rglob("*") if p.suffix in (".h", ".cc"))
    breaches = [b for f in files for b in check(f)]
    print("\n".join(breaches) if breaches else f"check_includes: {len(files)} files keep the layering")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
