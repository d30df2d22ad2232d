#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/log.h"
#include "base/time.h"
#include "storage/s3_client.h"

namespace plenum::server {

/// A sentence for the operator; the program then exits with code 2.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Placement : std::uint8_t { pack, spread };

/// A STUN or TURN server that clients are told to use.
struct IceServer {
  std::string url;
  std::string username;
  std::string credential;
  friend bool operator==(const IceServer&, const IceServer&) = default;
};

/// All settings of the server. The table in settings.cc says what each means, its default, range
/// and names; nothing else reads flags, environment or file.
struct Config {
  std::uint16_t http_port = 7880;
  std::uint16_t udp_port = 7882;
  std::uint16_t tcp_port = 7881;
  /// Port 0 in each. Empty = the default of the mode.
  std::vector<Address> bind{};
  /// Port 0 = the shard's own port.
  std::vector<Address> advertise{};
  bool no_udp = false;
  bool no_tcp = false;
  /// 0 = chosen by the number of cores.
  std::uint32_t shards = 0;
  Placement placement = Placement::pack;
  std::uint32_t pack_limit = 200;
  std::string data_dir{};
  /// Empty = SQLite: a file in data_dir, or in memory without one.
  std::string database_url{};
  std::string node_id = "plenum";
  std::string public_url{};
  /// 0 = no limit.
  std::uint32_t rest_rate_per_address = 0;
  std::vector<std::string> webhook_livekit{}, webhook_videosdk{};
  bool webhook_allow_private = false;
  /// 0 = no limit.
  std::uint32_t egress_cpu_percent = 80;
  bool egress_allow_private = false;
  std::uint32_t egress_min_free_mib = 2048;
  /// What participants may only do with allow_mod: "egress", "end".
  std::set<std::string, std::less<>> require_mod{};
  /// Of one file that an app uploads for a while; 0 = it cannot.
  std::uint32_t files_max_mib = 10;
  Duration files_keep = std::chrono::hours(24);
  Duration keep_sessions = std::chrono::hours(90 * 24);
  /// Without a bucket, finished files stay where they are.
  storage::S3Settings storage_s3{};
  bool storage_s3_keep_local = true;
  Duration storage_retry = 5s;
  std::string web_dir{};
  bool dev = false;
  std::map<std::string, std::string, std::less<>> keys{};
  bool auto_create = true;
  Duration empty_timeout = 300s;
  Duration departure_timeout = 20s;
  /// 0 = no limit.
  std::uint32_t max_participants = 0;
  /// 0 = no limit.
  std::uint32_t join_rate_per_address = 500;
  bool no_v1 = false;
  std::vector<IceServer> ice_servers{};
  Duration ping_interval = 5s;
  Duration ping_timeout = 15s;
  /// Where health and metrics are served instead of the HTTP port. Empty = on the HTTP port.
  std::vector<Address> admin{};
  Duration shutdown_deadline = 10s;
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;
};

/// The environment as main() got it: "NAME=value" entries.
using Environment = std::vector<std::string_view>;

/// Reads all three sources: `arguments` (flags, without program and subcommand) over `environment`
/// over the file named by --config or PLENUM_CONFIG. Throws ConfigError.
Config load_config(const std::vector<std::string>& arguments, const Environment& environment);

/// Throws ConfigError when the settings contradict each other or are unsafe; adds the development
/// key in --dev. load_config() has not called it: tools that only need keys do not want it.
void check_config(Config& config);

/// Where store::open_store() finds the durable store; ":memory:" when nothing shall outlive the
/// process.
std::string store_location(const Config& config);

/// Of --dev, and refused without it. The same as other LiveKit-compatible servers use, so that
/// clients need no change.
inline constexpr std::string_view kDevKey = "devkey";
inline constexpr std::string_view kDevSecret = "secret";
/// HMAC-SHA-256 wants a key no shorter than its output (RFC 7518 section 3.2).
inline constexpr std::size_t kMinSecretBytes = 32;

}  // namespace plenum::server
