// The payload of a participant's call to the server, read as its handlers read it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/videosdk/room_arguments.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plenum;
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  const auto arguments = videosdk_api::parse_arguments(payload);
  if (!arguments) return 0;
  constexpr std::size_t kMost = 100;
  for (const auto& entry : arguments->object()) {
    const std::string_view name(entry.key().data(), entry.key().size());
    // What is read of one value is of one type only.
    const int readings = !arguments->text(name).empty() + arguments->flag(name) +
                         arguments->number(name).has_value() +
                         arguments->texts(name, kMost).has_value();
    if (readings > 1 || (readings == 1 && !arguments->has(name))) std::abort();
    if (const auto texts = arguments->texts(name, kMost); texts && texts->size() > kMost)
      std::abort();
  }
  static_cast<void>(arguments->who());
  return 0;
}
