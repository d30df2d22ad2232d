#include "store/value.h"

#include <fmt/format.h>

#include "store/error.h"

namespace plenum::store {
namespace {

template <class T>
const T& typed(const Value& value, std::size_t i, const char* type) {
  if (const T* found = std::get_if<T>(&value)) return *found;
  throw StoreError(StoreError::Kind::corrupt, fmt::format("column {} is not {}", i + 1, type));
}

}  // namespace

const Value& Row::at(std::size_t i) const {
  if (i >= fields_.size())
    throw StoreError(StoreError::Kind::other, fmt::format("there is no column {}", i + 1));
  return fields_[i];
}

bool Row::is_null(std::size_t i) const { return std::holds_alternative<std::monostate>(at(i)); }

std::int64_t Row::integer(std::size_t i) const {
  return typed<std::int64_t>(at(i), i, "an integer");
}

double Row::real(std::size_t i) const {
  const Value& value = at(i);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return typed<double>(value, i, "a number");
}

const std::string& Row::text(std::size_t i) const { return typed<std::string>(at(i), i, "text"); }

const Blob& Row::bytes(std::size_t i) const { return typed<Blob>(at(i), i, "bytes"); }

}  // namespace plenum::store
