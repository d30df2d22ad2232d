#include "media/codec/codec.h"

#include <array>
#include <cstddef>

namespace plenum::codec {
namespace {

struct Name {
  Codec codec;
  std::string_view mime;
};
constexpr std::array<Name, 9> kNames = {{
    {Codec::opus, "audio/opus"},
    {Codec::pcmu, "audio/PCMU"},
    {Codec::pcma, "audio/PCMA"},
    {Codec::g722, "audio/G722"},
    {Codec::vp8, "video/VP8"},
    {Codec::vp9, "video/VP9"},
    {Codec::h264, "video/H264"},
    {Codec::av1, "video/AV1"},
    {Codec::h265, "video/H265"},
}};
constexpr std::size_t kKindPrefix = 6;  // "audio/", "video/"

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_without_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

}  // namespace

std::string_view mime(Codec c) { return kNames[static_cast<std::size_t>(c)].mime; }

std::string_view name(Codec c) {
  constexpr std::array<std::string_view, kNames.size()> kShort = {
      "opus", "pcmu", "pcma", "g722", "vp8", "vp9", "h264", "av1", "h265"};
  return kShort[static_cast<std::size_t>(c)];
}

std::optional<Codec> codec_by_name(MediaKind wanted, std::string_view encoding_name) {
  for (const Name& n : kNames)
    if (kind(n.codec) == wanted && equal_without_case(n.mime.substr(kKindPrefix), encoding_name))
      return n.codec;
  return std::nullopt;
}

}  // namespace plenum::codec
