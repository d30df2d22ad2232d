#include "egress/depacketizer.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace plenum::egress {

std::optional<JoinedFrame> Depacketizer::finish() {
  std::optional<JoinedFrame> frame = join();
  clear();
  return frame;
}

void Depacketizer::clear() {
  bytes_.clear();
  forget();
}

bool Depacketizer::append(Bytes part) {
  if (part.size() > kMaxFrameBytes - bytes_.size()) return false;
  bytes_.insert(bytes_.end(), part.begin(), part.end());
  return true;
}

std::unique_ptr<Depacketizer> make_depacketizer(codec::Codec codec) {
  switch (codec) {
    case codec::Codec::vp8:
      return make_vp8_depacketizer();
    case codec::Codec::vp9:
      return make_vp9_depacketizer();
    case codec::Codec::h264:
      return make_h264_depacketizer();
    case codec::Codec::av1:
      return make_av1_depacketizer();
    default:
      throw std::invalid_argument(std::string(codec::mime(codec)) + " cannot be composed");
  }
}

}  // namespace plenum::egress
