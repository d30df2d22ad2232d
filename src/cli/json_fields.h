#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Fields of JSON that others wrote: what is absent or of another type is empty, false or 0.
namespace plenum::cli {

/// nullopt unless the text is an object.
std::optional<boost::json::object> parse_object(const std::string& text);

std::string text_of(const boost::json::object& object, std::string_view name);
bool flag_of(const boost::json::object& object, std::string_view name);
/// Also from text, as which proto3's JSON writes numbers of 64 bits.
std::int64_t number_of(const boost::json::object& object, std::string_view name);
/// The objects in an array.
std::vector<boost::json::object> objects_of(const boost::json::object& object,
                                            std::string_view name);
boost::json::object object_of(const boost::json::object& object, std::string_view name);

}  // namespace plenum::cli
