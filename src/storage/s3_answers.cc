#include "storage/s3_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "storage/xml.h"

namespace plenum::storage {
namespace {

constexpr std::size_t kMaxIdBytes = 2048;
constexpr std::size_t kMaxEtagBytes = 256;
constexpr std::size_t kMaxCodeBytes = 64;
constexpr int kMaxParts = 10'000;

/// Ids and tags go into URLs, bodies and the database.
bool is_printable(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

template <class T>
std::optional<T> number(std::string_view text, T min, T max) {
  T n{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n < min || n > max)
    return std::nullopt;
  return n;
}

/// Servers give the outermost element names of their own, so what it holds decides.
std::optional<XmlElement> parse_holding(std::string_view body, std::string_view child) {
  auto found = parse_xml(body);
  if (!found || found->name == "Error" || !found->child(child)) return std::nullopt;
  return found;
}

std::optional<Part> part_of(const XmlElement& e) {
  const auto n = number<int>(e.child_text("PartNumber"), 1, kMaxParts);
  const auto bytes = number<std::uint64_t>(e.child_text("Size"), 0, std::uint64_t{1} << 50);
  std::string etag = e.child_text("ETag");
  if (!n || !bytes || !is_printable(etag, kMaxEtagBytes)) return std::nullopt;
  return Part{.number = *n, .etag = std::move(etag), .bytes = *bytes};
}

}  // namespace

std::optional<std::string> parse_upload_id(std::string_view body) {
  const auto root = parse_holding(body, "UploadId");
  if (!root) return std::nullopt;
  std::string id = root->child_text("UploadId");
  if (!is_printable(id, kMaxIdBytes)) return std::nullopt;
  return id;
}

std::optional<PartsPage> parse_parts(std::string_view body) {
  const auto root = parse_holding(body, "IsTruncated");
  if (!root) return std::nullopt;
  PartsPage page;
  for (const XmlElement& e : root->children) {
    if (e.name != "Part") continue;
    auto part = part_of(e);
    if (!part) return std::nullopt;
    page.parts.push_back(*std::move(part));
  }
  if (root->child_text("IsTruncated") == "true") {
    page.next = number<int>(root->child_text("NextPartNumberMarker"), 1, kMaxParts);
    if (!page.next) return std::nullopt;
  }
  return page;
}

std::optional<std::vector<std::string>> parse_uploads(std::string_view body, std::string_view key) {
  const auto root = parse_xml(body);
  if (!root || root->name == "Error") return std::nullopt;
  std::vector<std::string> ids;
  for (const XmlElement& e : root->children) {
    if (e.name != "Upload" || e.child_text("Key") != key) continue;
    ids.push_back(e.child_text("UploadId"));
    if (!is_printable(ids.back(), kMaxIdBytes)) return std::nullopt;
  }
  return ids;
}

bool parse_completed(std::string_view body) { return parse_holding(body, "ETag").has_value(); }

std::optional<std::string> parse_error_code(std::string_view body) {
  const auto root = parse_xml(body);
  if (!root || root->name != "Error") return std::nullopt;
  std::string code = root->child_text("Code");
  const bool word = std::ranges::all_of(code, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
  });
  if (code.empty() || code.size() > kMaxCodeBytes || !word) return std::nullopt;
  return code;
}

std::string completion_body(const std::vector<Part>& parts) {
  std::string body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (const Part& p : parts)
    body += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", p.number,
                        xml_escaped(p.etag));
  return body + "</CompleteMultipartUpload>";
}

}  // namespace plenum::storage
