// The part of JSON Schema 2020-12 that our OpenAPI document uses, and no more: a keyword or format
// nobody knows here is refused when the document is loaded, so that it promises nothing unchecked.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace plenum::videosdk_api {

class Schemas {
 public:
  /// `document` is the OpenAPI document, in which `$ref` names `#/components/schemas/X`; it must
  /// outlive this.
  explicit Schemas(const boost::json::object& document) : document_(document) {}

  /// Throws std::runtime_error naming the place if `schema` uses what check() does not know.
  void require_known(const boost::json::object& schema, const std::string& where) const;

  /// What is wrong with `value`, in a sentence that begins with `where`; nullopt = nothing.
  /// Strings, also those in places no schema speaks of, must not hold NUL: no database takes it.
  std::optional<std::string> check(const boost::json::object& schema,
                                   const boost::json::value& value, const std::string& where) const;

  const boost::json::object& resolve(const boost::json::object& schema) const;

 private:
  const boost::json::object& document_;
};

/// The value that a query or path parameter of this type means; nullopt: the text is no such value
/// or no UTF-8.
std::optional<boost::json::value> value_from_text(const boost::json::object& schema,
                                                  std::string_view text);

}  // namespace plenum::videosdk_api
