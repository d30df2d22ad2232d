#!/usr/bin/env python3
"""Every parser of foreign bytes has a fuzz target with seeds. The table names the parsers; a header
that declares a parsing function and is in neither list fails as well. Exit code 1 on any gap."""
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SRC = HERE.parent.parent / "src"

# Header → fuzz targets that reach its parser (<target>_fuzz.cc).
PARSERS = {
    "media/stun/message.h": ["stun"],
    "media/ice/candidate.h": ["candidate"],
    "media/ice/tcp_framing.h": ["tcp_framing"],
    "media/dtls/endpoint.h": ["dtls"],
    "media/srtp/inbound.h": ["srtp"],
    "media/rtp/header.h": ["rtp"],
    "media/rtp/extensions.h": ["rtp"],
    "media/rtp/dependency_descriptor.h": ["dependency_descriptor"],
    "media/rtp/red.h": ["red"],
    "media/rtp/rtx.h": ["rtx"],
    "media/rtcp/compound.h": ["rtcp"],
    "media/rtcp/transport_feedback.h": ["transport_feedback"],
    "media/codec/av1.h": ["av1"],
    "media/codec/h264.h": ["h264"],
    "media/codec/h265.h": ["h264"],
    "media/codec/vp8.h": ["vp8"],
    "media/codec/vp9.h": ["vp9"],
    "media/sdp/parser.h": ["sdp", "negotiation"],
    "media/sctp/association.h": ["sctp"],
    "media/sctp/dcep.h": ["dcep"],
    "api/http/header_block.h": ["http_query"],
    "api/http/request.h": ["http_query"],
    "api/http/jwt.h": ["jwt"],
    "api/livekit/join_request.h": ["join_request"],
    "api/livekit/signal_codec.h": ["signal_request"],
    "api/livekit/data_packet.h": ["data_packet"],
    "api/livekit/twirp.h": ["twirp"],
    "api/videosdk/room_arguments.h": ["room_arguments"],
    "egress/jitter_buffer.h": ["egress_frames"],
    "egress/depacketizer.h": ["egress_frames"],
    "egress/depacketizer_audio.h": ["egress_frames"],
    "egress/frame_assembler.h": ["egress_frames"],
    "history/record_codec.h": ["spool"],
    "history/spool_format.h": ["spool"],
    "egress/mp4_fragments.h": ["mp4_recover"],
    "egress/rtmp_url.h": ["rtmp_url"],
    "egress/manifest.h": ["manifest"],
    "storage/xml.h": ["s3_answers"],
    "storage/s3_answers.h": ["s3_answers"],
}
# Headers with parsing functions that only take our own input, or part of what a target above reads.
EXEMPT = {
    "base/address.h": "the operator's settings; of foreign text only candidates, which have a target",
    "egress/image_decoder.h": "hands files to libavcodec as they are; its pixels are no longer foreign bytes",
    "egress/audio_decoder.h": "hands frames to libavcodec as they are; what finds them in packets is reached by egress_frames",
    "media/dtls/certificate.h": "a fingerprint from a description: reached by negotiation",
    "media/sctp/notifications.h": "written by usrsctp in this process",
}

FOLDERS = ("media/", "sfu/", "api/", "control/", "base/", "history/", "egress/", "storage/")
DECLARES_PARSER = re.compile(r"\b(parse\w*|\w+_parse|decode\w*)\((Bytes|std::string_view|std::span<const std::byte>)")


def main() -> int:
    problems = []
    for header, targets in PARSERS.items():
        if not (SRC / header).exists():
            problems.append(f"{header}: in the table, but there is no such file")
        for target in targets:
            if not (HERE / f"{target}_fuzz.cc").exists():
                problems.append(f"{header}: no tests/fuzz/{target}_fuzz.cc")
    for header in sorted(SRC.rglob("*.h")):
        name = header.relative_to(SRC).as_posix()
        for_tests = name.endswith("_fixture.h") or header.name.startswith("test_")
        if name in PARSERS or name in EXEMPT or for_tests or not name.startswith(FOLDERS):
            continue
        if DECLARES_PARSER.search(header.read_text(encoding="utf-8")):
            problems.append(f"{name}: declares a parser; add it to {Path(__file__).name} with a fuzz target")
    targets = sorted(HERE.glob("*_fuzz.cc"))
    for target in targets:
        seeds = HERE / "corpus" / target.name.removesuffix("_fuzz.cc")
        if not seeds.is_dir() or not any(seeds.iterdir()):
            problems.append(f"tests/fuzz/{target.name}: no seeds in corpus/{seeds.name}/")
    print("\n".join(problems) if problems else f"check_coverage: {len(targets)} fuzz targets, each parser has one")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
