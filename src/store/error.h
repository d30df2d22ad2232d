#pragma once
#include <stdexcept>
#include <string>

namespace plenum::store {

/// Why the database did not do what it was asked.
class StoreError : public std::runtime_error {
 public:
  enum class Kind {
    /// Not reachable, too busy or out of space: the same request may succeed later. After a lost
    /// connection it is not known whether the last COMMIT took place.
    unavailable,
    /// So much waits for it that more is not taken.
    busy,
    /// A unique, foreign key or NOT NULL rule refused the row.
    constraint,
    /// The file or a row is not what this program wrote.
    corrupt,
    other,
  };

  StoreError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

}  // namespace plenum::store
