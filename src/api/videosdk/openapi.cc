#include "api/videosdk/openapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <stdexcept>

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;

/// Deepest nesting of a body worth reading.
constexpr std::size_t kMaxBodyDepth = 32;
constexpr std::string_view kBase = "/v2";

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }
std::string_view view(json::string_view text) { return {text.data(), text.size()}; }

bool is_name(std::string_view segment) { return segment.starts_with('{'); }

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> out;
  while (path.ends_with('/')) path.remove_suffix(1);
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    out.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return out;
}

std::optional<http::Method> method_of(std::string_view name) {
  if (name == "get") return http::Method::get;
  if (name == "post") return http::Method::post;
  if (name == "put") return http::Method::put;
  if (name == "patch") return http::Method::patch;
  if (name == "delete") return http::Method::del;
  return std::nullopt;
}

OpenApi::Operation operation_from(const json::object& written, std::string_view path) {
  OpenApi::Operation out;
  out.id = view(written.at("operationId").as_string());
  out.path = split(path.substr(kBase.size()));
  if (const json::value* security = written.if_contains("security"))
    out.needs_token = !security->as_array().empty();
  if (const json::value* parameters = written.if_contains("parameters"))
    for (const json::value& item : parameters->as_array()) {
      const json::object& p = item.as_object();
      const json::value* required = p.if_contains("required");
      out.parameters.push_back({std::string(view(p.at("name").as_string())),
                                p.at("in").as_string() == "path", required && required->as_bool(),
                                &p.at("schema").as_object()});
    }
  const json::value* body = written.if_contains("requestBody");
  const json::object* content = body ? &body->at("content").as_object() : nullptr;
  // Others are no objects: who takes them reads them.
  const json::value* as_json = content ? content->if_contains("application/json") : nullptr;
  if (as_json) out.body = &as_json->at("schema").as_object();
  return out;
}

/// Decoded values of the names in `pattern`; nullopt when `path` is another.
std::optional<std::vector<std::pair<std::string, std::string>>> match_path(
    const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    auto value = http::decode_path(path[i]);
    if (!value) return std::nullopt;
    const std::string_view name = pattern[i];
    if (!is_name(name)) {
      if (*value != name) return std::nullopt;
    } else if (value->empty()) {
      return std::nullopt;
    } else {
      out.emplace_back(name.substr(1, name.size() - 2), std::move(*value));
    }
  }
  return out;
}

json::object parse_document(std::string_view text) {
  return json::parse(json::string_view(text.data(), text.size())).as_object();
}

}  // namespace

OpenApi::OpenApi(std::string_view text) : document_(parse_document(text)), schemas_(document_) {
  for (const auto& [path, methods] : document_.at("paths").as_object()) {
    if (!view(path).starts_with(kBase)) throw std::runtime_error("openapi: a path outside of /v2");
    for (const auto& [name, written] : methods.as_object()) {
      const auto method = method_of(view(name));
      if (!method) throw std::runtime_error("openapi: unknown member of a path");
      Operation operation = operation_from(written.as_object(), view(path));
      operation.method = *method;
      for (const Parameter& p : operation.parameters)
        schemas_.require_known(*p.schema, operation.id + "." + p.name);
      if (operation.body) schemas_.require_known(*operation.body, operation.id);
      operations_.push_back(std::move(operation));
    }
  }
  // Literals are tried before names.
  std::ranges::stable_sort(operations_, [](const Operation& a, const Operation& b) {
    return std::ranges::lexicographical_compare(
        a.path, b.path, [](const auto& x, const auto& y) { return is_name(x) < is_name(y); });
  });
}

OpenApi::Match OpenApi::match(http::Method method, std::string_view path) const {
  Match result;
  if (!path.starts_with(kBase)) return result;
  const auto segments = split(path.substr(kBase.size()));
  if (method == http::Method::head) method = http::Method::get;
  for (const Operation& operation : operations_) {
    auto parameters = match_path(operation.path, segments);
    if (!parameters) continue;
    if (operation.method == method) {
      result.operation = &operation;
      result.parameters = std::move(*parameters);
      return result;
    }
    result.allowed.push_back(operation.method);
  }
  return result;
}

Result<OpenApi::Arguments, std::string> OpenApi::read(const Match& match,
                                                      const http::Request& request) const {
  Arguments out;
  for (const Parameter& p : match.operation->parameters) {
    std::optional<std::string_view> text;
    if (p.in_path) {
      const auto found =
          std::ranges::find(match.parameters, p.name, &std::pair<std::string, std::string>::first);
      if (found != match.parameters.end()) text = found->second;
    } else {
      text = request.query.find(p.name);
    }
    // An empty value is what SDKs send for none.
    if (!text || text->empty()) {
      if (p.required) return Err{p.name + " is required"};
      continue;
    }
    auto value = value_from_text(schemas_.resolve(*p.schema), *text);
    if (!value) return Err{p.name + " is not of the right type"};
    if (auto problem = schemas_.check(*p.schema, *value, p.name)) return Err{std::move(*problem)};
    out.parameters[p.name] = std::move(*value);
  }
  if (match.operation->body) {
    const auto read = read_body(*match.operation, request.body, out.body);
    if (!read) return Err{read.error()};
  }
  return out;
}

Status<std::string> OpenApi::read_body(const Operation& operation, const std::string& text,
                                       json::object& out) const {
  if (text.empty()) {
    const auto problem = schemas_.check(*operation.body, json::object(), "body");
    if (problem) return Err{*problem};
    return Ok{};
  }
  json::parse_options options;
  options.max_depth = kMaxBodyDepth;
  json::error_code ec;
  json::value value = json::parse(json::string_view(text.data(), text.size()), ec, {}, options);
  if (ec) return Err{std::string("the body is not valid JSON")};
  if (!value.is_object()) return Err{std::string("the body must be a JSON object")};
  if (auto problem = schemas_.check(*operation.body, value, "body"))
    return Err{std::move(*problem)};
  out = std::move(value.as_object());
  return Ok{};
}

}  // namespace plenum::videosdk_api
