#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"

namespace plenum::store {

using Blob = std::vector<std::byte>;
/// One field of a row: NULL, integer, real, text or bytes. A boolean is the integer 0 or 1.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

/// A value lent to a statement for the length of the call.
class Param {
 public:
  using View = std::variant<std::monostate, std::int64_t, double, std::string_view, Bytes>;

  Param(std::nullptr_t) {}  // NOLINT: implicit by design
  template <std::integral T>
  Param(T v) : view_(static_cast<std::int64_t>(v)) {}          // NOLINT
  Param(double v) : view_(v) {}                                // NOLINT
  Param(const char* v) : view_(std::string_view(v)) {}         // NOLINT
  Param(std::string_view v) : view_(v) {}                      // NOLINT
  Param(const std::string& v) : view_(std::string_view(v)) {}  // NOLINT
  Param(Bytes v) : view_(v) {}                                 // NOLINT
  Param(const Blob& v) : view_(Bytes(v)) {}                    // NOLINT
  template <class T>
  Param(const std::optional<T>& v) : view_(v ? Param(*v).view_ : View()) {}  // NOLINT

  const View& view() const { return view_; }

 private:
  View view_;
};

/// One row of an answer. A field of another type than asked for means that the database does not
/// hold what this program wrote: StoreError::Kind::corrupt.
class Row {
 public:
  explicit Row(std::vector<Value> fields) : fields_(std::move(fields)) {}

  std::size_t size() const { return fields_.size(); }
  bool is_null(std::size_t i) const;
  std::int64_t integer(std::size_t i) const;
  double real(std::size_t i) const;
  const std::string& text(std::size_t i) const;
  const Blob& bytes(std::size_t i) const;

 private:
  const Value& at(std::size_t i) const;
  std::vector<Value> fields_;
};

/// Takes the fields of a row from left to right, as a record's columns are listed.
class FieldReader {
 public:
  explicit FieldReader(const Row& row, std::size_t first = 0) : row_(row), at_(first) {}

  std::int64_t integer() { return row_.integer(at_++); }
  bool boolean() { return row_.integer(at_++) != 0; }
  double real() { return row_.real(at_++); }
  std::string text() { return row_.text(at_++); }
  Blob bytes() { return row_.bytes(at_++); }
  std::optional<std::int64_t> maybe_integer() {
    return skip_null() ? std::nullopt : std::optional(integer());
  }
  std::optional<double> maybe_real() { return skip_null() ? std::nullopt : std::optional(real()); }
  std::optional<std::string> maybe_text() {
    return skip_null() ? std::nullopt : std::optional(text());
  }

 private:
  bool skip_null() {
    if (!row_.is_null(at_)) return false;
    ++at_;
    return true;
  }
  const Row& row_;
  std::size_t at_;
};

}  // namespace plenum::store
