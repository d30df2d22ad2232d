#include "api/videosdk/room_arguments.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 8;

}  // namespace

std::string RoomArguments::text(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  const json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string();
}

bool RoomArguments::flag(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  return value && value->is_bool() && value->get_bool();
}

std::optional<std::uint64_t> RoomArguments::number(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  if (!value || !value->is_number()) return std::nullopt;
  json::error_code ec;
  const auto number = value->to_number<std::uint64_t>(ec);
  if (ec) return std::nullopt;
  return number;
}

bool RoomArguments::has(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  return value && !value->is_null();
}

std::optional<std::vector<std::string>> RoomArguments::texts(std::string_view name,
                                                             std::size_t most) const {
  const json::value* value = object_.if_contains(name);
  const json::array* array = value ? value->if_array() : nullptr;
  if (!array || array->size() > most) return std::nullopt;
  std::vector<std::string> out;
  for (const json::value& item : *array) {
    const json::string* text = item.if_string();
    if (!text) return std::nullopt;
    out.emplace_back(text->data(), text->size());
  }
  return out;
}

std::optional<RoomArguments> parse_arguments(std::string_view payload) {
  if (payload.empty()) return RoomArguments(json::object());
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::error_code ec;
  json::value value =
      json::parse(json::string_view(payload.data(), payload.size()), ec, {}, options);
  if (ec || !value.is_object()) return std::nullopt;
  return RoomArguments(std::move(value.get_object()));
}

}  // namespace plenum::videosdk_api
