#!/usr/bin/env python3
"""Makes the clips that `plenum load` publishes (src/load/clips) with ffmpeg: a moving test picture in three
simulcast layers and a slide show for screen sharing, both as VP8 and H.264, and a tone as Opus. Every clip
is an IVF file that starts with a key frame and has no other, so that it can be repeated from any request for
one. Run it only to change the clips; they are part of the repository."""
import struct
import subprocess
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "src" / "load" / "clips"
SECONDS = 2
CAMERA_FPS, SCREEN_FPS = 30, 5
CAMERA = {180: (320, 130), 360: (640, 420), 720: (1280, 1500)}  # lines: (width, kbit/s)
SCREEN = (1280, 720, 250)
OPUS_FRAMES_PER_SECOND = 50


def run(*arguments: str) -> bytes:
    return subprocess.run(["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", *arguments, "-"],
                          check=True, stdout=subprocess.PIPE).stdout


def picture(width: int, height: int, fps: int) -> list[str]:
    source = f"testsrc2=size={width}x{height}:rate={fps}:duration={SECONDS}"
    return ["-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"]


def slides(width: int, height: int, fps: int) -> list[str]:
    source = f"testsrc=size={width}x{height}:rate={fps}:duration={SECONDS}"
    return ["-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"]


def rate(kbps: int) -> list[str]:
    return ["-b:v", f"{kbps}k", "-maxrate", f"{kbps}k", "-bufsize", f"{kbps // 2}k"]


def vp8(source: list[str], kbps: int) -> bytes:
    return run(*source, "-c:v", "libvpx", *rate(kbps), "-deadline", "realtime", "-cpu-used", "4",
               "-auto-alt-ref", "0", "-lag-in-frames", "0", "-g", "9999", "-error-resilient", "1", "-f", "ivf")


def h264(source: list[str], kbps: int) -> bytes:
    return run(*source, "-c:v", "libx264", "-profile:v", "baseline", "-level", "3.1", "-preset", "veryfast",
               "-tune", "zerolatency", *rate(kbps), "-g", "9999", "-x264-params",
               "sliced-threads=0:slices=1:aud=1:repeat-headers=1:scenecut=0", "-f", "h264")


def access_units(stream: bytes) -> list[bytes]:
    """Splits at access unit delimiters, which are left out, as is what x264 says of itself (SEI)."""
    units: list[bytes] = []
    for nal in stream.split(b"\0\0\1")[1:]:
        nal = nal.rstrip(b"\0")
        kind = nal[0] & 31
        if kind == 9:
            units.append(b"")
        elif kind != 6:
            units[-1] += b"\0\0\0\1" + nal
    return units


def opus_packets(ogg: bytes) -> list[bytes]:
    packets, partial, at = [], b"", 0
    while at < len(ogg):
        count = ogg[at + 26]
        lacing = ogg[at + 27:at + 27 + count]
        at += 27 + count
        for size in lacing:
            partial += ogg[at:at + size]
            at += size
            if size < 255:
                packets.append(partial)
                partial = b""
    return packets[2:]  # behind the two header packets


def ivf(fourcc: bytes, width: int, height: int, fps: int, frames: list[bytes]) -> bytes:
    head = struct.pack("<4sHH4sHHIIII", b"DKIF", 0, 32, fourcc, width, height, fps, 1, len(frames), 0)
    return head + b"".join(struct.pack("<IQ", len(f), i) + f for i, f in enumerate(frames))


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    for lines, (width, kbps) in CAMERA.items():
        source = picture(width, lines, CAMERA_FPS)
        (OUT / f"vp8_{lines}.ivf").write_bytes(vp8(source, kbps))
        (OUT / f"h264_{lines}.ivf").write_bytes(
            ivf(b"H264", width, lines, CAMERA_FPS, access_units(h264(source, kbps))))
    width, height, kbps = SCREEN
    source = slides(width, height, SCREEN_FPS)
    (OUT / "vp8_screen.ivf").write_bytes(vp8(source, kbps))
    (OUT / "h264_screen.ivf").write_bytes(
        ivf(b"H264", width, height, SCREEN_FPS, access_units(h264(source, kbps))))
    tone = run("-f", "lavfi", "-i", f"sine=frequency=330:duration={SECONDS}", "-ac", "1", "-ar", "48000",
               "-c:a", "libopus", "-b:a", "32k", "-application", "voip", "-frame_duration", "20", "-f", "ogg")
    packets = opus_packets(tone)[:SECONDS * OPUS_FRAMES_PER_SECOND]
    (OUT / "opus_tone.ivf").write_bytes(ivf(b"OPUS", 0, 0, OPUS_FRAMES_PER_SECOND, packets))
    for clip in sorted(OUT.iterdir()):
        print(f"{clip.stat().st_size:9} {clip.name}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
