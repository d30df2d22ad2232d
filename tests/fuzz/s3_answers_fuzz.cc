#include <cstdlib>
#include <string_view>

#include "storage/s3_answers.h"
#include "storage/xml.h"

// What a bucket's server says. Ids, tags and codes that are taken are short and hold nothing that
// would end a line, and what is written with them can be read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum::storage;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto check = [](std::string_view text) {
    for (const char c : text)
      if (c <= ' ' || c >= 0x7f) std::abort();
    if (text.empty() || text.size() > 2048) std::abort();
  };
  if (const auto id = parse_upload_id(body)) check(*id);
  if (const auto code = parse_error_code(body)) check(*code);
  if (const auto ids = parse_uploads(body, "k"))
    for (const auto& id : *ids) check(id);
  if (const auto page = parse_parts(body)) {
    for (const auto& part : page->parts) check(part.etag);
    const auto again = parse_xml(completion_body(page->parts));
    if (!again || again->children.size() != page->parts.size()) std::abort();
  }
  parse_completed(body);
  return 0;
}
