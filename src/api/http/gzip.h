// Compressed answers: gzip (RFC 1952), and who takes it (RFC 9110 12.5.3).
#pragma once
#include <string>
#include <string_view>

namespace plenum::http {

/// One gzip member; throws std::runtime_error when there is no memory for it.
std::string gzip(std::string_view content);

/// Whether the field Accept-Encoding names gzip, and not with weight 0. Absent fields and "*" do
/// not.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace plenum::http
