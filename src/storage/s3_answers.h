#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is read of S3's answers, and the one body that is written. Foreign bytes: nullopt for what
/// is not such an answer.
namespace plenum::storage {

struct Part {
  /// 1…10 000.
  int number = 0;
  std::string etag{};
  std::uint64_t bytes = 0;
  friend bool operator==(const Part&, const Part&) = default;
};

struct PartsPage {
  std::vector<Part> parts;
  /// Where the next page begins; nullopt on the last one.
  std::optional<int> next = std::nullopt;
};

/// CreateMultipartUpload.
std::optional<std::string> parse_upload_id(std::string_view body);
/// ListParts.
std::optional<PartsPage> parse_parts(std::string_view body);
/// ListMultipartUploads: the ids of those for exactly this key.
std::optional<std::vector<std::string>> parse_uploads(std::string_view body, std::string_view key);
/// CompleteMultipartUpload, which may say 200 and then an error.
bool parse_completed(std::string_view body);
/// The word of an error answer, "NoSuchUpload" for instance; of letters, digits and dots only.
std::optional<std::string> parse_error_code(std::string_view body);

/// The body of CompleteMultipartUpload; parts in ascending order.
std::string completion_body(const std::vector<Part>& parts);

}  // namespace plenum::storage
