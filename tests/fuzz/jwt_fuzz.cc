#include <algorithm>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <string>

#include "api/http/jwt.h"
#include "base/bytes.h"
#include "base/crypto.h"

// Two ways in: the bytes as a token, and the bytes as "header NUL claims" under a right signature,
// which takes the fuzzer past the check it cannot guess. What verifies must verify again after
// being signed by us; with fractions only nearly so, since Boost.JSON 1.81 reads them to within a
// unit in the last place, and a time may lie just there.
namespace {

constexpr std::string_view kSecret = "secret";
constexpr std::int64_t kNow = 1'700'000'000;

std::optional<std::string> secret_of(std::string_view issuer) {
  if (issuer.empty()) return std::nullopt;
  return std::string(kSecret);
}

bool has_fraction(const boost::json::value& value) {
  const auto any = [](const auto& members, auto&& of) {
    return std::any_of(members.begin(), members.end(), [&](const auto& m) { return of(m); });
  };
  if (const auto* object = value.if_object())
    return any(*object, [](const auto& member) { return has_fraction(member.value()); });
  if (const auto* array = value.if_array()) return any(*array, has_fraction);
  return value.is_double();
}

void check(std::string_view token) {
  using namespace plenum;
  const auto claims = http::verify_jwt(token, secret_of, kNow);
  if (!claims) {
    if (http::text(claims.error()).empty()) std::abort();
    return;
  }
  if (has_fraction(*claims)) return;
  const std::string again = http::sign_jwt(*claims, kSecret);
  if (again.size() <= http::kMaxJwtBytes && !http::verify_jwt(again, secret_of, kNow)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check(input);

  const std::size_t cut = input.find('\0');
  if (cut == input.npos) return 0;
  const std::string signed_part = crypto::base64url(as_bytes(input.substr(0, cut))) + "." +
                                  crypto::base64url(as_bytes(input.substr(cut + 1)));
  check(signed_part + "." +
        crypto::base64url(crypto::hmac_sha256(as_bytes(kSecret), as_bytes(signed_part))));
  return 0;
}
