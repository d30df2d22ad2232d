#include "media/ice/credentials.h"

#include "base/crypto.h"

namespace plenum::ice {

Credentials Credentials::generate() {
  return {crypto::random_ice_text(8), crypto::random_ice_text(24)};
}

}  // namespace plenum::ice
