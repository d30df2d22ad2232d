// Our OpenAPI 3.1 document (docs/api/openapi.json) at work: it says which calls there are and what
// each may be given. The text is part of the program.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/request.h"
#include "api/videosdk/schema.h"
#include "base/result.h"

namespace plenum::videosdk_api {

/// The document's text; configured from docs/api/openapi.json.
extern const std::string_view kOpenApiText;

class OpenApi {
 public:
  struct Parameter {
    std::string name;
    bool in_path = false;
    bool required = false;
    const boost::json::object* schema = nullptr;
  };
  struct Operation {
    std::string id;
    http::Method method = http::Method::get;
    /// Segments below /v2; "{name}" for a parameter.
    std::vector<std::string> path;
    std::vector<Parameter> parameters;
    /// nullptr: it takes none, or one that is no JSON.
    const boost::json::object* body = nullptr;
    bool needs_token = true;
  };
  struct Match {
    const Operation* operation = nullptr;
    /// Path parameters, decoded.
    std::vector<std::pair<std::string, std::string>> parameters;
    /// When only the method is wrong: those the path has.
    std::vector<http::Method> allowed;
  };
  /// What a request says, after validation: parameters by name, and the body's object.
  struct Arguments {
    boost::json::object parameters;
    boost::json::object body;
  };

  /// Throws std::runtime_error when the text is no document this program can keep.
  explicit OpenApi(std::string_view text = kOpenApiText);
  OpenApi(const OpenApi&) = delete;
  OpenApi& operator=(const OpenApi&) = delete;

  const std::vector<Operation>& operations() const { return operations_; }
  /// `path`: still percent-encoded, beginning with "/v2"; a slash at its end does not matter.
  Match match(http::Method method, std::string_view path) const;
  /// The error is a sentence for the caller.
  Result<Arguments, std::string> read(const Match& match, const http::Request& request) const;

 private:
  Status<std::string> read_body(const Operation& operation, const std::string& text,
                                boost::json::object& out) const;

  boost::json::object document_;
  Schemas schemas_;
  std::vector<Operation> operations_;
};

}  // namespace plenum::videosdk_api
