#include "api/videosdk/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <limits>
#include <stdexcept>

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using Problem = std::optional<std::string>;

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

bool has_type(const json::value& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  return type == "number" && value.is_number();
}

/// `type` is one name or a list of them.
bool has_one_type(const json::value& value, const json::value& types) {
  if (const json::string* one = types.if_string()) return has_type(value, view(*one));
  return std::ranges::any_of(types.as_array(), [&](const json::value& type) {
    return has_type(value, view(type.as_string()));
  });
}

std::size_t code_points(const json::string& utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

double number(const json::value& value) { return value.to_number<double>(); }

bool is_loopback_host(std::string_view rest) {
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  for (const std::string_view name : {"localhost", "127.0.0.1", "[::1]"})
    if (host == name || (host.starts_with(name) && host[name.size()] == ':' &&
                         host.find('@') == std::string_view::npos))
      return true;
  return false;
}

bool is_visible_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

struct Format {
  std::string_view name;
  bool (*holds)(std::string_view);
  std::string_view wish;
};
constexpr std::array kFormats = {
    Format{"no-whitespace",
           [](std::string_view t) { return t.find_first_of(" \t\r\n\v\f") == t.npos; },
           "must not contain white space"},
    Format{"hook-url",
           [](std::string_view t) {
             if (!is_visible_ascii(t)) return false;
             if (t.starts_with("https://")) return t.size() > 8 && t[8] != '/';
             return t.starts_with("http://") && is_loopback_host(t.substr(7));
           },
           "must be an https URL"},
    Format{"rgb",
           [](std::string_view t) {
             return t.size() == 7 && t.front() == '#' &&
                    t.find_first_not_of("0123456789abcdefABCDEF", 1) == t.npos;
           },
           "must be #RRGGBB"},
};
const Format* find_format(std::string_view name) {
  const auto it = std::ranges::find(kFormats, name, &Format::name);
  return it == kFormats.end() ? nullptr : &*it;
}

Problem check_string(const json::object& schema, const json::string& text,
                     const std::string& where) {
  if (view(text).find('\0') != std::string_view::npos)
    return where + " must not contain the character U+0000";
  const auto length = static_cast<double>(code_points(text));
  if (const json::value* min = schema.if_contains("minLength"); min && length < number(*min))
    return fmt::format("{} must have at least {} characters", where, number(*min));
  if (const json::value* max = schema.if_contains("maxLength"); max && length > number(*max))
    return fmt::format("{} must have at most {} characters", where, number(*max));
  if (const json::value* name = schema.if_contains("format")) {
    const Format* format = find_format(view(name->as_string()));
    if (format && !format->holds(view(text))) return fmt::format("{} {}", where, format->wish);
  }
  return std::nullopt;
}

Problem check_number(const json::object& schema, const json::value& value,
                     const std::string& where) {
  if (const json::value* min = schema.if_contains("minimum"); min && number(value) < number(*min))
    return fmt::format("{} must be at least {}", where, number(*min));
  if (const json::value* max = schema.if_contains("maximum"); max && number(value) > number(*max))
    return fmt::format("{} must be at most {}", where, number(*max));
  return std::nullopt;
}

/// For what no schema describes: only what no database can hold is wrong.
Problem check_free(const json::value& value, const std::string& where) {
  if (const json::string* text = value.if_string()) return check_string({}, *text, where);
  if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array)
      if (auto problem = check_free(item, where)) return problem;
  }
  if (const json::object* object = value.if_object()) {
    for (const auto& [key, item] : *object) {
      if (key.find('\0') != json::string_view::npos)
        return where + " must not have the character U+0000 in a name";
      if (auto problem = check_free(item, where)) return problem;
    }
  }
  return std::nullopt;
}

const json::value* property_schema(const json::object& schema, json::string_view key) {
  const json::value* properties = schema.if_contains("properties");
  return properties ? properties->as_object().if_contains(key) : nullptr;
}

std::string names(const json::array& array) {
  std::string out;
  for (const json::value& item : array) {
    if (!out.empty()) out += ", ";
    out += json::serialize(item);
  }
  return out;
}

Problem check_required(const json::object& schema, const json::object& value,
                       const std::string& where) {
  const json::value* required = schema.if_contains("required");
  if (!required) return std::nullopt;
  for (const json::value& name : required->as_array())
    if (!value.contains(name.as_string()))
      return fmt::format("{}.{} is required", where, view(name.as_string()));
  return std::nullopt;
}

constexpr std::array<std::string_view, 19> kKeywords = {
    "type",      "required",    "properties", "enum",     "minimum",   "maximum", "minLength",
    "maxLength", "format",      "items",      "maxItems", "minItems",  "anyOf",   "$ref",
    "title",     "description", "default",    "examples", "deprecated"};

}  // namespace

const json::object& Schemas::resolve(const json::object& schema) const {
  const json::value* ref = schema.if_contains("$ref");
  if (!ref) return schema;
  constexpr std::string_view kPrefix = "#/components/schemas/";
  const std::string_view path = view(ref->as_string());
  const json::object& all = document_.at("components").as_object().at("schemas").as_object();
  const std::string_view name = path.substr(std::min(path.size(), kPrefix.size()));
  const json::value* found = all.if_contains({name.data(), name.size()});
  if (!path.starts_with(kPrefix) || !found)
    throw std::runtime_error(fmt::format("openapi: nothing at {}", path));
  return found->as_object();
}

void Schemas::require_known(const json::object& written, const std::string& where) const {
  const json::object& schema = resolve(written);
  for (const auto& [key, value] : schema)
    if (std::ranges::find(kKeywords, std::string_view(key.data(), key.size())) == kKeywords.end())
      throw std::runtime_error(fmt::format("openapi: keyword {} at {} is not checked",
                                           std::string_view(key.data(), key.size()), where));
  if (const json::value* format = schema.if_contains("format");
      format && !find_format(view(format->as_string())))
    throw std::runtime_error(fmt::format("openapi: unknown format at {}", where));
  if (const json::value* properties = schema.if_contains("properties"))
    for (const auto& [key, value] : properties->as_object())
      require_known(value.as_object(), where + "." + std::string(key.data(), key.size()));
  if (const json::value* items = schema.if_contains("items"))
    require_known(items->as_object(), where + "[]");
  if (const json::value* any = schema.if_contains("anyOf"))
    for (const json::value& choice : any->as_array()) require_known(choice.as_object(), where);
}

Problem Schemas::check(const json::object& written, const json::value& value,
                       const std::string& where) const {
  const json::object& schema = resolve(written);
  if (const json::value* type = schema.if_contains("type"); type && !has_one_type(value, *type))
    return fmt::format("{} must be of type {}", where,
                       type->is_string() ? json::serialize(*type) : names(type->as_array()));
  if (const json::value* choices = schema.if_contains("enum")) {
    const json::array& all = choices->as_array();
    if (std::ranges::find(all, value) == all.end())
      return fmt::format("{} must be one of {}", where, names(all));
  }
  if (const json::string* text = value.if_string()) return check_string(schema, *text, where);
  if (value.is_number()) return check_number(schema, value, where);
  if (const json::array* array = value.if_array()) {
    if (const json::value* max = schema.if_contains("maxItems");
        max && static_cast<double>(array->size()) > number(*max))
      return fmt::format("{} must have at most {} items", where, number(*max));
    if (const json::value* min = schema.if_contains("minItems");
        min && static_cast<double>(array->size()) < number(*min))
      return fmt::format("{} must have at least {} items", where, number(*min));
    const json::value* items = schema.if_contains("items");
    for (std::size_t i = 0; i < array->size(); ++i) {
      const std::string place = fmt::format("{}[{}]", where, i);
      auto problem =
          items ? check(items->as_object(), (*array)[i], place) : check_free((*array)[i], place);
      if (problem) return problem;
    }
  }
  const json::object* object = value.if_object();
  if (!object) return std::nullopt;
  if (auto problem = check_required(schema, *object, where)) return problem;
  for (const auto& [key, item] : *object) {
    const json::value* known = property_schema(schema, key);
    const std::string place = where + "." + std::string(key.data(), key.size());
    auto problem = known ? check(known->as_object(), item, place) : check_free(item, where);
    if (problem) return problem;
  }
  const json::value* any = schema.if_contains("anyOf");
  if (!any) return std::nullopt;
  Problem first;
  for (const json::value& choice : any->as_array()) {
    auto problem = check(choice.as_object(), value, where);
    if (!problem) return std::nullopt;
    if (!first) first = std::move(problem);
  }
  return first;
}

std::optional<json::value> value_from_text(const json::object& schema, std::string_view text) {
  const json::value* type = schema.if_contains("type");
  const std::string_view name = type && type->is_string() ? view(type->as_string()) : "string";
  if (name == "integer") {
    std::int64_t n = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return json::value(n);
  }
  if (name == "boolean") {
    if (text != "true" && text != "false") return std::nullopt;
    return json::value(text == "true");
  }
  // Our JSON reader refuses what is no UTF-8; asking it keeps one rule for bodies and queries.
  json::error_code ec;
  const json::value quoted(json::string(text.data(), text.size()));
  json::value read = json::parse(json::serialize(quoted), ec);
  if (ec) return std::nullopt;
  return read;
}

}  // namespace plenum::videosdk_api
