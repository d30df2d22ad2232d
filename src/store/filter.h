#pragma once
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "store/value.h"

namespace plenum::store {

/// The WHERE clause of a listing whose conditions are optional. The texts come from this program,
/// values only ever become parameters; and it always begins with the tenant.
class Filter {
 public:
  explicit Filter(const std::string& api_key, std::string_view column = "api_key") {
    where_ = fmt::format("{} = $1", column);
    params_.emplace_back(api_key);
  }

  /// `condition` has {0}, where the parameter's place goes.
  void add(std::string_view condition, Param value) {
    params_.push_back(std::move(value));
    where_ += " AND ";
    where_ += fmt::format(fmt::runtime(condition), fmt::format("${}", params_.size()));
  }
  void add(std::string_view condition) { where_.append(" AND ").append(condition); }

  const std::string& where() const { return where_; }
  const std::vector<Param>& params() const { return params_; }
  /// The same with further parameters behind, for instance those of LIMIT and OFFSET.
  std::vector<Param> params_and(std::initializer_list<Param> more) const {
    std::vector<Param> all = params_;
    all.insert(all.end(), more);
    return all;
  }
  std::string place(std::size_t behind) const {
    return fmt::format("${}", params_.size() + behind);
  }

 private:
  std::string where_;
  std::vector<Param> params_;
};

}  // namespace plenum::store
