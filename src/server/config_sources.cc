#include "server/config_sources.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "server/settings.h"

namespace plenum::server {
namespace {

constexpr std::string_view kConfigFile = "config";

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// The texts of one node: a scalar, a sequence of scalars, or a map of scalars as "key:value".
std::vector<std::string> texts(const YAML::Node& node, const Setting& setting,
                               const std::string& origin) {
  const bool list = setting.kind == Setting::Kind::list;
  if (node.IsNull()) return {};
  if (node.IsScalar()) return {node.Scalar()};
  std::vector<std::string> out;
  if (list && node.IsSequence()) {
    for (const YAML::Node& item : node) {
      if (!item.IsScalar()) throw ConfigError(origin + " may only list plain values");
      out.push_back(item.Scalar());
    }
    return out;
  }
  if (setting.name == "keys" && node.IsMap()) {
    for (const auto& item : node) {
      if (!item.first.IsScalar() || !item.second.IsScalar())
        throw ConfigError(origin + " must map each key to its secret");
      out.push_back(item.first.Scalar() + ":" + item.second.Scalar());
    }
    return out;
  }
  throw ConfigError(origin + (list ? " must be a list" : " must be a single value"));
}

const Setting* setting_of_key(const std::string& key) {
  for (const Setting& s : settings())
    if (s.key() == key) return &s;
  return nullptr;
}

bool begins_a_key(const std::string& prefix) {
  return std::ranges::any_of(settings(),
                             [&](const Setting& s) { return s.key().starts_with(prefix + "_"); });
}

/// Keys of inner maps are put together: {storage: {s3: {bucket: b}}} is storage_s3_bucket.
void read_map(const YAML::Node& map, const std::string& prefix, const std::string& path,
              Source& source) {
  for (const auto& entry : map) {
    if (!entry.first.IsScalar()) throw ConfigError(path + " has a key that is not a word");
    const std::string key = prefix + entry.first.Scalar();
    const Setting* setting = setting_of_key(key);
    if (!setting && entry.second.IsMap() && begins_a_key(key)) {
      read_map(entry.second, key + "_", path, source);
      continue;
    }
    if (!setting) throw ConfigError(fmt::format("{}: unknown key \"{}\"", path, key));
    const std::string origin = fmt::format("{} in {}", key, path);
    source[std::string(setting->name)] = {texts(entry.second, *setting, origin), origin};
  }
}

}  // namespace

Source read_flags(const std::vector<std::string>& arguments) {
  Source source;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (!argument.starts_with("--"))
      throw ConfigError(fmt::format("unexpected argument \"{}\"; see --help", argument));
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    const Setting* setting = find_setting(name);
    if (!setting && name != kConfigFile)
      throw ConfigError(fmt::format("unknown flag --{}; see --help", name));
    Given& given = source[name];
    given.origin = "--" + name;
    if (setting && setting->kind != Setting::Kind::list) given.values.clear();
    if (equals != std::string::npos) {
      given.values.push_back(argument.substr(equals + 1));
    } else if (setting && setting->kind == Setting::Kind::flag) {
      given.values.emplace_back("true");
    } else if (i + 1 < arguments.size()) {
      given.values.push_back(arguments[++i]);
    } else {
      throw ConfigError(fmt::format("--{} needs a value", name));
    }
  }
  return source;
}

Source read_environment(const Environment& environment) {
  Source source;
  for (const std::string_view entry : environment) {
    const std::size_t equals = std::min(entry.find('='), entry.size());
    const std::string_view variable = entry.substr(0, equals);
    const std::string_view value = entry.substr(std::min(equals + 1, entry.size()));
    if (value.empty()) continue;  // set to nothing is how shells and compose files say "unset"
    if (variable == "PLENUM_CONFIG")
      source["config"] = {{std::string(value)}, std::string(variable)};
    for (const Setting& s : settings()) {
      if (s.variable() != variable) continue;
      const bool list = s.kind == Setting::Kind::list;
      source[std::string(s.name)] = {list ? split(value, ',') : std::vector{std::string(value)},
                                     std::string(variable)};
    }
  }
  return source;
}

Source read_file(const std::string& path) {
  YAML::Node root;
  try {
    root = YAML::LoadFile(path);
  } catch (const YAML::BadFile&) {
    throw ConfigError(fmt::format("cannot read the configuration file {}", path));
  } catch (const YAML::ParserException& e) {
    throw ConfigError(fmt::format("{}:{}:{}: {}", path, e.mark.line + 1, e.mark.column + 1, e.msg));
  }
  Source source;
  if (root.IsNull()) return source;
  if (!root.IsMap()) throw ConfigError(path + " must hold \"key: value\" lines");
  read_map(root, "", path, source);
  return source;
}

}  // namespace plenum::server
