#include "cli/json_fields.h"

#include <boost/json/parse.hpp>
#include <charconv>

namespace plenum::cli {

namespace json = boost::json;

std::optional<json::object> parse_object(const std::string& text) {
  json::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return std::nullopt;
  return value.get_object();
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string();
}

bool flag_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_bool() && value->get_bool();
}

std::int64_t number_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value && value->is_int64()) return value->get_int64();
  const std::string text = text_of(object, name);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::vector<json::object> objects_of(const json::object& object, std::string_view name) {
  std::vector<json::object> out;
  const json::value* value = object.if_contains(name);
  if (!value || !value->is_array()) return out;
  for (const json::value& item : value->get_array())
    if (item.is_object()) out.push_back(item.get_object());
  return out;
}

json::object object_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_object() ? value->get_object() : json::object();
}

}  // namespace plenum::cli
