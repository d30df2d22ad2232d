#pragma once
#include <map>
#include <string>
#include <vector>

#include "server/config.h"

namespace plenum::server {

/// The texts given for one setting, and where they came from in words for an error message.
struct Given {
  std::vector<std::string> values;
  std::string origin;
};
/// By setting name. "config" stands for the file itself.
using Source = std::map<std::string, Given, std::less<>>;

/// Each throws ConfigError for names that are unknown and values that are missing or misplaced.
Source read_flags(const std::vector<std::string>& arguments);
Source read_environment(const Environment& environment);
Source read_file(const std::string& path);

}  // namespace plenum::server
