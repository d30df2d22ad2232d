#include "load/bundled_clips.h"

#include <cstddef>

// PLENUM_LOAD_CLIPS is the folder of the files. The assembler reads them: as an array of numbers
// they would cost the compiler seconds.
#define PLENUM_CLIP(name)                      \
  __asm__(                                     \
      ".pushsection .rodata\n"                 \
      ".balign 16\n"                           \
      ".global plenum_clip_" #name             \
      "\n"                                     \
      "plenum_clip_" #name                     \
      ":\n"                                    \
      ".incbin \"" PLENUM_LOAD_CLIPS "/" #name \
      ".ivf\"\n"                               \
      ".global plenum_clip_" #name             \
      "_end\n"                                 \
      "plenum_clip_" #name                     \
      "_end:\n"                                \
      ".byte 0\n"                              \
      ".popsection\n");                        \
  extern "C" const std::byte plenum_clip_##name[], plenum_clip_##name##_end[]

PLENUM_CLIP(vp8_180);
PLENUM_CLIP(vp8_360);
PLENUM_CLIP(vp8_720);
PLENUM_CLIP(vp8_screen);
PLENUM_CLIP(h264_180);
PLENUM_CLIP(h264_360);
PLENUM_CLIP(h264_720);
PLENUM_CLIP(h264_screen);
PLENUM_CLIP(opus_tone);

#define PLENUM_CLIP_BYTES(name) Bytes(plenum_clip_##name, plenum_clip_##name##_end)

namespace plenum::load::bundled {

const std::array<Bytes, 3> vp8_camera{PLENUM_CLIP_BYTES(vp8_180), PLENUM_CLIP_BYTES(vp8_360),
                                      PLENUM_CLIP_BYTES(vp8_720)};
const std::array<Bytes, 3> h264_camera{PLENUM_CLIP_BYTES(h264_180), PLENUM_CLIP_BYTES(h264_360),
                                       PLENUM_CLIP_BYTES(h264_720)};
const Bytes vp8_screen = PLENUM_CLIP_BYTES(vp8_screen);
const Bytes h264_screen = PLENUM_CLIP_BYTES(h264_screen);
const Bytes opus_tone = PLENUM_CLIP_BYTES(opus_tone);

}  // namespace plenum::load::bundled
