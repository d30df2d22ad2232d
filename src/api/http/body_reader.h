// The body of an HTTP/1.1 request (RFC 9112 sections 6 and 7.1), fed as it arrives. Pure. Trailer
// fields and chunk extensions are read over.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/http/header_block.h"
#include "base/result.h"

namespace plenum::http {

class BodyReader {
 public:
  /// A chunked body larger than `max_bytes` is refused as soon as it says so.
  BodyReader(BodyFraming framing, std::size_t max_bytes);

  /// Appends to `body` what `input` holds of it and tells how many bytes of `input` are used up;
  /// the rest must come again, in front of what arrives next. An error is a status to answer with.
  Result<std::size_t, HeaderError> put(std::string_view input, std::string& body);
  bool is_done() const { return state_ == State::done; }

 private:
  enum class State : std::uint8_t { data, chunk_size, chunk_data, chunk_end, trailer, done };
  Status<HeaderError> take_line(std::string_view line, std::size_t body_bytes);

  State state_;
  std::size_t max_bytes_;
  std::uint64_t left_ = 0;          // of the body, or of this chunk
  std::size_t overhead_bytes_ = 0;  // size lines and trailers
};

}  // namespace plenum::http
