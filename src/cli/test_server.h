// A server of words for tests: answers by path, and keeps what it was asked.
#pragma once
#include <boost/json/parse.hpp>
#include <map>
#include <string>
#include <vector>

#include "cli/api_client.h"

namespace plenum::cli {

struct TestServer {
  static constexpr const char* kUrl = "http://server";
  static constexpr const char* kSecret = "a secret of at least thirty-two bytes";
  static constexpr std::int64_t kNow = 1'800'000'000;

  /// By what follows the URL; anything else is answered with 404.
  std::map<std::string, HttpAnswer> answers;
  std::vector<HttpCall> calls;

  ApiClient client() {
    return ApiClient(
        kUrl, {"key", kSecret}, [] { return kNow; },
        [this](const HttpCall& call) { return answer(call); });
  }

  HttpAnswer answer(const HttpCall& call) {
    calls.push_back(call);
    const auto found = answers.find(call.url.substr(std::string(kUrl).size()));
    return found == answers.end() ? HttpAnswer{404, R"({"message":"nothing here"})"}
                                  : found->second;
  }

  /// "path body" of each call.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const HttpCall& call : calls)
      out.push_back(call.url.substr(std::string(kUrl).size()) + " " + call.body.value_or(""));
    return out;
  }
};

}  // namespace plenum::cli
