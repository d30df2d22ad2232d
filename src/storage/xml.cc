#include "storage/xml.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace plenum::storage {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{2} << 20;
constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxElements = 20'000;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == ':';
}

bool append_utf8(std::string& out, std::uint32_t c) {
  // XML's Char: neither control characters nor surrogates.
  const bool allowed = c == 9 || c == 10 || c == 13 || (c >= 0x20 && c < 0xd800) ||
                       (c >= 0xe000 && c < 0xfffe) || (c >= 0x10000 && c < 0x110000);
  if (!allowed) return false;
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
  return true;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  std::optional<XmlElement> document() {
    skip("\xef\xbb\xbf");
    skip_spaces();  // S3 sends them while it puts parts together
    if (left_.starts_with("<?xml ")) {
      const std::size_t end = left_.find("?>");
      if (end == std::string_view::npos) return std::nullopt;
      left_.remove_prefix(end + 2);
    }
    skip_spaces();
    XmlElement root;
    if (!skip("<") || !element(root, 1)) return std::nullopt;
    skip_spaces();
    if (!left_.empty()) return std::nullopt;
    return root;
  }

 private:
  bool skip(std::string_view word) {
    if (!left_.starts_with(word)) return false;
    left_.remove_prefix(word.size());
    return true;
  }
  void skip_spaces() {
    while (!left_.empty() && is_space(left_.front())) left_.remove_prefix(1);
  }
  std::string_view name() {
    const auto* end = std::ranges::find_if_not(left_, is_name);
    const std::string_view found = left_.substr(0, static_cast<std::size_t>(end - left_.begin()));
    left_.remove_prefix(found.size());
    return found;
  }

  /// Behind the "<" of a start tag.
  bool element(XmlElement& e, int depth) {
    if (depth > kMaxDepth || ++elements_ > kMaxElements) return false;
    e.name = name();
    if (e.name.empty()) return false;
    for (;;) {
      const std::size_t before = left_.size();
      skip_spaces();
      if (skip("/>")) return true;
      if (skip(">")) return content(e, depth);
      if (left_.size() == before || !attribute()) return false;
    }
  }
  bool attribute() {
    if (name().empty() || !skip("=") || left_.empty()) return false;
    const char quote = left_.front();
    if (quote != '"' && quote != '\'') return false;
    const std::size_t end = left_.find(quote, 1);
    if (end == std::string_view::npos || left_.substr(0, end).find('<') != std::string_view::npos)
      return false;
    left_.remove_prefix(end + 1);
    return true;
  }
  bool content(XmlElement& e, int depth) {
    for (;;) {
      if (left_.empty()) return false;
      if (skip("</")) {
        if (name() != e.name) return false;
        skip_spaces();
        if (!e.children.empty()) e.text.clear();
        return skip(">");
      }
      if (skip("<")) {
        if (!element(e.children.emplace_back(), depth + 1)) return false;
      } else if (!character(e.text)) {
        return false;
      }
    }
  }
  bool character(std::string& out) {
    const char c = left_.front();
    if (c != '&') {
      left_.remove_prefix(1);
      out += c;
      return static_cast<unsigned char>(c) >= 0x20 || is_space(c);
    }
    const std::size_t end = left_.substr(0, 12).find(';');
    if (end == std::string_view::npos) return false;
    const std::string_view entity = left_.substr(1, end - 1);
    left_.remove_prefix(end + 1);
    if (entity.starts_with('#')) return numbered(entity.substr(1), out);
    for (const auto& [word, plain] : kEntities) {
      if (word != entity) continue;
      out += plain;
      return true;
    }
    return false;
  }
  static bool numbered(std::string_view digits, std::string& out) {
    const int base = digits.starts_with('x') ? 16 : 10;
    if (base == 16) digits.remove_prefix(1);
    std::uint32_t c = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), c, base);
    return error == std::errc() && end == digits.data() + digits.size() && append_utf8(out, c);
  }

  static constexpr std::pair<std::string_view, char> kEntities[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};

  std::string_view left_;
  std::size_t elements_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  for (const XmlElement& e : children)
    if (e.name == wanted) return &e;
  return nullptr;
}

std::string XmlElement::child_text(std::string_view wanted) const {
  const XmlElement* found = child(wanted);
  return found ? found->text : "";
}

std::optional<XmlElement> parse_xml(std::string_view text) {
  if (text.size() > kMaxBytes) return std::nullopt;
  return Reader(text).document();
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

}  // namespace plenum::storage
