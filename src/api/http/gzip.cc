#include "api/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

#include "api/http/request.h"

namespace plenum::http {
namespace {

/// zlib: 15 bits of window, plus 16 = write a gzip header.
constexpr int kGzipWindowBits = 15 + 16;
constexpr int kMemoryLevel = 8;

/// Without the blanks around it: OWS of RFC 9110 5.6.3.
std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// "q=0", "q=0.0" and so on: RFC 9110 12.4.2.
bool refuses(std::string_view weight) {
  return weight.size() > 2 && (weight[0] == 'q' || weight[0] == 'Q') && weight[1] == '=' &&
         weight.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::string gzip(std::string_view content) {
  z_stream z{};
  if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("cannot compress");
  std::string out(deflateBound(&z, static_cast<uLong>(content.size())), '\0');
  // zlib only reads it.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  z.avail_in = static_cast<uInt>(content.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&z, Z_FINISH);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  if (status != Z_STREAM_END) throw std::runtime_error("cannot compress");
  return out;
}

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view coding = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
    const std::size_t semicolon = std::min(coding.find(';'), coding.size());
    if (!equal_ignoring_case(trim(coding.substr(0, semicolon)), "gzip")) continue;
    return semicolon == coding.size() || !refuses(trim(coding.substr(semicolon + 1)));
  }
  return false;
}

}  // namespace plenum::http
