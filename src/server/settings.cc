#include "server/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "server/setting_values.h"

namespace plenum::server {
namespace {

using Kind = Setting::Kind;

std::uint16_t port(const std::string& text) {
  return static_cast<std::uint16_t>(value::number(text, 0, 65535));
}

std::uint32_t count(const std::string& text, std::uint32_t min, std::uint32_t max) {
  return static_cast<std::uint32_t>(value::number(text, min, max));
}

template <class T, std::size_t N>
T choice(const std::string& text, const std::array<std::pair<std::string_view, T>, N>& choices) {
  std::string names;
  for (const auto& [name, v] : choices) {
    if (name == text) return v;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  throw std::invalid_argument("one of " + names);
}

constexpr std::array<std::pair<std::string_view, log::Level>, 5> kLevels{
    {{"debug", log::Level::debug},
     {"info", log::Level::info},
     {"warn", log::Level::warn},
     {"error", log::Level::error},
     {"off", log::Level::off}}};
constexpr std::array<std::pair<std::string_view, log::Format>, 2> kFormats{
    {{"text", log::Format::text}, {"json", log::Format::json}}};
constexpr std::array<std::pair<std::string_view, Placement>, 2> kPlacements{
    {{"pack", Placement::pack}, {"spread", Placement::spread}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kModerated{
    {{"end", "end"}, {"egress", "egress"}, {"nothing", "nothing"}}};

// clang-format off
const Setting kSettings[] = {
    {"http-port", Kind::value, "PORT", "7880", "0…65535, 0 = a free one",
     "Signalling, server API and web page.",
     [](Config& c, const std::string& t) { c.http_port = port(t); }},
    {"udp-port", Kind::value, "PORT", "7882", "0…65535, 0 = free ones",
     "Media over UDP; shard i uses this port plus i.",
     [](Config& c, const std::string& t) { c.udp_port = port(t); }},
    {"tcp-port", Kind::value, "PORT", "7881", "0…65535, 0 = free ones",
     "Media over TCP for clients without UDP; shard i uses this port plus i.",
     [](Config& c, const std::string& t) { c.tcp_port = port(t); }},
    {"bind", Kind::list, "ADDRESS", "all addresses of the host", "IPv4 or IPv6 addresses of the host",
     "Listen on this address only; may be repeated.",
     [](Config& c, const std::string& t) { c.bind.push_back(value::ip(t)); }},
    {"advertise", Kind::list, "ADDRESS[:PORT]", "the bound addresses", "as clients reach them",
     "Address that clients are told for media instead of the bound ones, e.g. in front of a NAT; "
     "a port is that of shard 0 for UDP. May be repeated.",
     [](Config& c, const std::string& t) { c.advertise.push_back(value::ip_or_endpoint(t)); }},
    {"no-udp", Kind::flag, "", "false", "",
     "Take no media over UDP.",
     [](Config& c, const std::string& t) { c.no_udp = value::boolean(t); }},
    {"no-tcp", Kind::flag, "", "false", "",
     "Take no media over TCP.",
     [](Config& c, const std::string& t) { c.no_tcp = value::boolean(t); }},
    {"shards", Kind::value, "N", "0", "0…64, 0 = one per core, at most 4",
     "Threads that forward media.",
     [](Config& c, const std::string& t) { c.shards = count(t, 0, 64); }},
    {"placement", Kind::value, "POLICY", "pack", "pack, spread",
     "Keep each room on one shard while it fits (pack), or deal participants out evenly (spread).",
     [](Config& c, const std::string& t) { c.placement = choice(t, kPlacements); }},
    {"pack-limit", Kind::value, "N", "200", "1…100000",
     "With pack: participants on a shard above which newcomers go to another one.",
     [](Config& c, const std::string& t) { c.pack_limit = count(t, 1, 100'000); }},
    {"data-dir", Kind::value, "DIR", "none", "",
     "Where everything durable is kept, or with database-url what waits for PostgreSQL while that is "
     "away; with neither of the two nothing outlives the process.",
     [](Config& c, const std::string& t) { c.data_dir = t; }},
    {"database-url", Kind::value, "URL", "a file in data-dir", "postgresql://…",
     "PostgreSQL database for everything durable, instead of SQLite in data-dir.",
     [](Config& c, const std::string& t) {
       if (!t.starts_with("postgresql://") && !t.starts_with("postgres://"))
         throw std::invalid_argument("a postgresql:// URL");
       c.database_url = t;
     }},
    {"node-id", Kind::value, "NAME", "plenum", "1…64 characters",
     "Name of this server, one of its own among those that share a database, and the same after a "
     "restart.",
     [](Config& c, const std::string& t) {
       if (t.empty() || t.size() > 64) throw std::invalid_argument("1 to 64 characters");
       c.node_id = t;
     }},
    {"public-url", Kind::value, "URL", "as each request came", "http:// or https://",
     "Where clients and app servers reach this server; for links in answers of the REST API.",
     [](Config& c, const std::string& t) { c.public_url = value::base_url(t); }},
    {"rest-rate-per-address", Kind::value, "N", "0", "0…100000, 0 = no limit",
     "REST requests a second from one client address (IPv6: one /64), twice as many at once; more "
     "are answered with 429.",
     [](Config& c, const std::string& t) { c.rest_rate_per_address = count(t, 0, 100'000); }},
    {"webhook-livekit", Kind::list, "URL", "none", "http:// or https://",
     "Is told of everything in LiveKit's words; may be repeated.",
     [](Config& c, const std::string& t) { c.webhook_livekit.push_back(value::webhook_url(t)); }},
    {"webhook-videosdk", Kind::list, "URL", "none", "http:// or https://",
     "Is told of everything in VideoSDK's words, as rooms with a webhook of their own tell theirs; "
     "may be repeated.",
     [](Config& c, const std::string& t) { c.webhook_videosdk.push_back(value::webhook_url(t)); }},
    {"webhook-allow-private", Kind::flag, "", "false", "",
     "Let webhooks go to loopback and private addresses.",
     [](Config& c, const std::string& t) { c.webhook_allow_private = value::boolean(t); }},
    {"egress-cpu", Kind::value, "PERCENT", "80", "0…100, 0 = no limit",
     "Share of all cores that recordings and streams may take together; one more that does not fit is "
     "refused.",
     [](Config& c, const std::string& t) { c.egress_cpu_percent = count(t, 0, 100); }},
    {"egress-allow-private", Kind::flag, "", "false", "",
     "Let livestreams go to loopback and private addresses; with dev they may anyway.",
     [](Config& c, const std::string& t) { c.egress_allow_private = value::boolean(t); }},
    {"egress-min-free", Kind::value, "MIB", "2048", "0…16777216",
     "Recordings and HLS begin only with so much free on the disk of data-dir, and end when a quarter "
     "of it is left.",
     [](Config& c, const std::string& t) { c.egress_min_free_mib = count(t, 0, 16'777'216); }},
    {"require-mod", Kind::list, "WHAT", "end", "end, egress, nothing",
     "What a participant may do to its room only with allow_mod: end it, or start and stop recordings "
     "and streams. May be repeated; nothing = neither.",
     [](Config& c, const std::string& t) { c.require_mod.emplace(choice(t, kModerated)); }},
    {"files-max", Kind::value, "MIB", "10", "0…100, 0 = none",
     "Size of a temporary file that an app may leave for others; needs data-dir.",
     [](Config& c, const std::string& t) { c.files_max_mib = count(t, 0, 100); }},
    {"files-keep", Kind::value, "TIME", "24h", "1m…720h",
     "How long a temporary file is kept.",
     [](Config& c, const std::string& t) { c.files_keep = value::duration(t, 1min, 720h); }},
    {"keep-sessions", Kind::value, "TIME", "2160h", "1h…87600h",
     "How long the history of a session is kept after its end.",
     [](Config& c, const std::string& t) { c.keep_sessions = value::duration(t, 1h, 87600h); }},
    {"storage-retry", Kind::value, "TIME", "5s", "10ms…1h",
     "Wait after the first failure of an upload; the next ones are 4, 12 and 36 times as long.",
     [](Config& c, const std::string& t) { c.storage_retry = value::duration(t, 10ms, 1h); }},
    {"storage-s3-endpoint", Kind::value, "URL", "Amazon's of the region", "http:// or https://",
     "S3-compatible server that finished recordings are uploaded to.",
     [](Config& c, const std::string& t) { c.storage_s3.endpoint = value::s3_endpoint(t); }},
    {"storage-s3-region", Kind::value, "NAME", "us-east-1", "1…64 letters, digits and dashes",
     "The region of the bucket, as its server calls it.",
     [](Config& c, const std::string& t) { c.storage_s3.region = value::s3_region(t); }},
    {"storage-s3-bucket", Kind::value, "NAME", "none", "3…63 characters a-z 0-9 . -",
     "Upload finished recordings to this bucket; without one they stay on this server only.",
     [](Config& c, const std::string& t) { c.storage_s3.bucket = value::s3_bucket(t); }},
    {"storage-s3-prefix", Kind::value, "PATH", "none", "up to 512 bytes",
     "Stands before each key in the bucket.",
     [](Config& c, const std::string& t) { c.storage_s3.prefix = value::s3_prefix(t); }},
    {"storage-s3-access-key", Kind::value, "KEY", "none", "",
     "Names who writes to the bucket.",
     [](Config& c, const std::string& t) { c.storage_s3.credentials.access_key = value::credential(t); }},
    {"storage-s3-secret-key", Kind::value, "SECRET", "none", "",
     "His secret. Prefer file or environment: flags can be read by other users of the machine.",
     [](Config& c, const std::string& t) { c.storage_s3.credentials.secret_key = value::credential(t); }},
    {"storage-s3-path-style", Kind::flag, "", "false", "",
     "Name the bucket in the path instead of the host name, as most servers but Amazon's want it.",
     [](Config& c, const std::string& t) { c.storage_s3.path_style = value::boolean(t); }},
    {"storage-s3-keep-local", Kind::flag, "", "true", "",
     "Keep the local files of recordings that are uploaded.",
     [](Config& c, const std::string& t) { c.storage_s3_keep_local = value::boolean(t); }},
    {"web-dir", Kind::value, "DIR", "beside the program", "",
     "The built web page to serve at /.",
     [](Config& c, const std::string& t) { c.web_dir = t; }},
    {"dev", Kind::flag, "", "false", "",
     "Development: key \"devkey\" with secret \"secret\", tokens for everyone at /dev/token. "
     "Not for a server that strangers can reach.",
     [](Config& c, const std::string& t) { c.dev = value::boolean(t); }},
    {"keys", Kind::list, "KEY:SECRET", "none", "secrets of at least 32 bytes",
     "API keys with their secrets; at least one. In the file a map of key to secret. Prefer file or "
     "environment: flags can be read by other users of the machine.",
     [](Config& c, const std::string& t) { c.keys.insert(value::key(t)); }},
    {"auto-create", Kind::flag, "", "true", "",
     "Create a room when the first participant joins it.",
     [](Config& c, const std::string& t) { c.auto_create = value::boolean(t); }},
    {"empty-timeout", Kind::value, "TIME", "5m", "0s…168h",
     "How long a room that nobody has joined yet stays.",
     [](Config& c, const std::string& t) { c.empty_timeout = value::duration(t, 0s, 168h); }},
    {"departure-timeout", Kind::value, "TIME", "20s", "0s…168h",
     "How long a room stays after the last participant has left.",
     [](Config& c, const std::string& t) { c.departure_timeout = value::duration(t, 0s, 168h); }},
    {"max-participants", Kind::value, "N", "0", "0…100000, 0 = no limit",
     "Participants in one room, unless the room says otherwise.",
     [](Config& c, const std::string& t) { c.max_participants = count(t, 0, 100'000); }},
    {"join-rate-per-address", Kind::value, "N", "500", "0…100000, 0 = no limit",
     "Joins a second from one client address (IPv6: one /64), four times as many at once; more are "
     "answered with 429. Behind a proxy all clients have the address of the proxy.",
     [](Config& c, const std::string& t) { c.join_rate_per_address = count(t, 0, 100'000); }},
    {"no-v1", Kind::flag, "", "false", "",
     "Do not offer /rtc/v1; clients then use two peer connections.",
     [](Config& c, const std::string& t) { c.no_v1 = value::boolean(t); }},
    {"ice-servers", Kind::list, "\"URL [USER SECRET]\"", "none", "stun:, stuns:, turn: or turns: URLs",
     "STUN or TURN servers that clients are told to use.",
     [](Config& c, const std::string& t) { c.ice_servers.push_back(value::ice_server(t)); }},
    {"ping-interval", Kind::value, "TIME", "5s", "1s…60s",
     "How often clients shall ping on the signalling connection.",
     [](Config& c, const std::string& t) { c.ping_interval = value::duration(t, 1s, 60s); }},
    {"ping-timeout", Kind::value, "TIME", "15s", "2s…300s",
     "After how long without a ping a signalling connection counts as dead.",
     [](Config& c, const std::string& t) { c.ping_timeout = value::duration(t, 2s, 300s); }},
    {"admin", Kind::list, "ADDRESS:PORT", "the HTTP port", "an address with a port",
     "Serve /healthz, /readyz and /metrics here and no longer on the HTTP port.",
     [](Config& c, const std::string& t) {
       c.admin.push_back(value::ip_or_endpoint(t));
       if (c.admin.back().port == 0) throw std::invalid_argument("an address with a port");
     }},
    {"shutdown-deadline", Kind::value, "TIME", "10s", "0s…10m",
     "After SIGTERM or SIGINT the process ends within this time.",
     [](Config& c, const std::string& t) { c.shutdown_deadline = value::duration(t, 0s, 10min); }},
    {"log-level", Kind::value, "LEVEL", "info", "debug, info, warn, error, off",
     "What is written to standard error.",
     [](Config& c, const std::string& t) { c.log_level = choice(t, kLevels); }},
    {"log-format", Kind::value, "FORMAT", "text", "text, json",
     "How log lines look.",
     [](Config& c, const std::string& t) { c.log_format = choice(t, kFormats); }},
};
// clang-format on

std::string replaced(std::string_view name, bool upper) {
  std::string out(name);
  for (char& c : out) {
    if (c == '-') c = '_';
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

/// Breaks `text` into lines that start with `indent` spaces and stay below 96 columns.
std::string wrapped(std::string_view text, std::size_t indent) {
  constexpr std::size_t kWidth = 96;
  std::string out, line(indent, ' ');
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    if (line.size() + space > kWidth) {
      out += line + "\n";
      line.assign(indent, ' ');
    }
    if (line.size() > indent) line += ' ';
    line += text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out + line + "\n";
}

}  // namespace

std::string Setting::flag() const { return "--" + std::string(name); }
std::string Setting::key() const { return replaced(name, false); }
std::string Setting::variable() const { return "PLENUM_" + replaced(name, true); }

std::span<const Setting> settings() { return kSettings; }

const Setting* find_setting(std::string_view name) {
  const auto* end = std::end(kSettings);
  const auto* found =
      std::find_if(std::begin(kSettings), end, [&](const Setting& s) { return s.name == name; });
  return found == end ? nullptr : found;
}

std::string settings_help() {
  std::string out = "  --config FILE\n      Settings from a YAML file; also PLENUM_CONFIG.\n";
  for (const Setting& s : settings()) {
    out += fmt::format("  {}{}{}\n", s.flag(), s.placeholder.empty() ? "" : " ", s.placeholder);
    const std::string range = s.range.empty() ? "" : fmt::format("; {}", s.range);
    out += wrapped(fmt::format("{} [{}{}]", s.sentence, s.default_text, range), 6);
  }
  return out;
}

std::string settings_markdown() {
  std::string out =
      "# Configuration\n\n"
      "Made from the server's own table of settings (`plenum help --configuration`); do not "
      "edit.\n\n"
      "Each setting is a flag, a key of the YAML file named by `--config`, and an environment\n"
      "variable. A flag wins over the environment, the environment over the file. Lists are\n"
      "repeated as flags, separated by commas in the environment, and sequences in the file. In "
      "the\n"
      "file, keys that begin alike may stand in a map of their own: `storage: {s3: {bucket: b}}` "
      "is\n`storage_s3_bucket: b`. A mistake in any of them ends the program with exit code 2 and "
      "a\nsentence.\n\n"
      "| Flag | File | Environment | Default | Range | Meaning |\n|---|---|---|---|---|---|\n";
  for (const Setting& s : settings())
    out += fmt::format("| `{}` | `{}` | `{}` | {} | {} | {} |\n", s.flag(), s.key(), s.variable(),
                       s.default_text, s.range, s.sentence);
  return out;
}

}  // namespace plenum::server
