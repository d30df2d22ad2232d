#include <cstdlib>
#include <string>

#include "api/http/body_reader.h"
#include "api/http/header_block.h"
#include "api/http/request.h"

// The bytes as a query, as a path, and as a request with its body. A request must read the same
// whether it comes at once or in two pieces: where it is cut is the network's doing.
namespace {

using namespace plenum::http;

constexpr HeaderSize kSize{4096, 8192};
constexpr std::size_t kMaxBody = 4096;

struct Outcome {
  int header_status = 0;
  int body_status = 0;
  std::string target;
  std::string body;
  bool done = false;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t first) {
  Outcome out;
  const auto early = find_header_end(bytes.substr(0, first), 0, kSize);
  const auto found = early && !*early ? find_header_end(bytes, first, kSize) : early;
  if (!found) {
    out.header_status = found.error();
    return out;
  }
  if (!*found) return out;
  const auto header = parse_header(bytes.substr(0, **found), kSize);
  if (!header) {
    out.header_status = header.error();
    return out;
  }
  out.target = header->request.target;

  const std::string_view rest = bytes.substr(**found);
  const std::size_t cut = first > **found ? first - **found : 0;
  BodyReader reader(header->body, kMaxBody);
  const auto used = reader.put(rest.substr(0, cut), out.body);
  const auto more =
      used ? reader.put(rest.substr(*used), out.body) : plenum::Result<std::size_t, int>(used);
  if (!more) {
    out.body_status = more.error();
    out.body.clear();  // how much of a refused body was read depends on the cut
  }
  if (header->body.chunked && out.body.size() > kMaxBody) std::abort();
  out.done = reader.is_done();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const auto& [name, value] : Query::parse(input))
    if (name.size() + value.size() > size) std::abort();
  if (const auto path = decode_path(input); path && path->find('\0') != path->npos) std::abort();
  if (path_of(input).starts_with("//")) std::abort();

  if (size == 0 || size > kSize.max_request_line_bytes) return 0;  // no cut changes those errors
  const Outcome whole = read(input, size);
  if (!(read(input, data[0] % size) == whole)) std::abort();
  if (!(read(input, size / 2) == whole)) std::abort();
  return 0;
}
