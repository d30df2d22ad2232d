#include <cstdlib>
#include <string_view>

#include "egress/manifest.h"

// What is taken is written again, and what is written is taken and means the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum::egress;
  const auto manifest = parse_manifest({reinterpret_cast<const char*>(data), size});
  if (!manifest) {
    if (manifest.error().empty()) std::abort();
    return 0;
  }
  for (const ManifestFile& f : manifest->files)
    if (f.file.find('/') != std::string::npos || f.streams.empty()) std::abort();
  const auto again = parse_manifest(to_json(*manifest));
  if (!again || !(*again == *manifest)) std::abort();
  return 0;
}
