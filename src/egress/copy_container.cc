#include "egress/copy_container.h"

#include <algorithm>

namespace plenum::egress {
namespace {

std::optional<Container> container_from(std::string_view asked) {
  std::string lower(asked);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  for (const Container c : {Container::webm, Container::mp4, Container::ogg})
    if (lower == word(c)) return c;
  return std::nullopt;
}

Container fitting(std::optional<codec::Codec> video) {
  if (!video) return Container::ogg;
  return *video == codec::Codec::h264 ? Container::mp4 : Container::webm;
}

bool takes(Container container, std::optional<codec::Codec> video) {
  if (!video) return true;
  if (*video == codec::Codec::h264) return container == Container::mp4;
  if (*video == codec::Codec::vp8) return container == Container::webm;
  return container != Container::ogg;
}

}  // namespace

const char* word(Container container) {
  switch (container) {
    case Container::webm:
      return "webm";
    case Container::mp4:
      return "mp4";
    case Container::ogg:
      break;
  }
  return "ogg";
}

Result<Container, std::string> container_for(std::string_view asked,
                                             std::optional<codec::Codec> video) {
  if (asked.empty()) return fitting(video);
  const auto container = container_from(asked);
  if (!container) return Err{std::string("the container must be webm, mp4 or ogg")};
  if (takes(*container, video)) return *container;
  return Err{std::string(codec::mime(*video)) + " cannot be written to " + word(*container) +
             " without encoding it again; " + word(fitting(video)) + " takes it"};
}

}  // namespace plenum::egress
