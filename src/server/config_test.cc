#include "server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/settings.h"

namespace plenum::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

const std::string kGoodSecret = "0123456789abcdef0123456789abcdef";

class File {
 public:
  explicit File(std::string_view text)
      : path_(testing::TempDir() + "plenum-config-" + std::to_string(::getpid()) + ".yaml") {
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string error_of(const Words& flags, const Environment& environment = {}) {
  try {
    Config config = load_config(flags, environment);
    check_config(config);
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "";
}

Config checked(const Words& flags, const Environment& environment = {}) {
  Config config = load_config(flags, environment);
  check_config(config);
  return config;
}

TEST(Config, has_the_documented_ports_without_any_source) {
  const Config config = load_config({}, {});

  EXPECT_EQ(config.http_port, 7880);
  EXPECT_EQ(config.udp_port, 7882);
  EXPECT_EQ(config.tcp_port, 7881);
}

TEST(Config, takes_a_flag_before_the_environment_before_the_file) {
  const File file("http_port: 1\nudp_port: 1\ntcp_port: 1\n");
  const Config config =
      load_config({"--config", file.path(), "--http-port=3"},
                  {"PLENUM_HTTP_PORT=2", "PLENUM_UDP_PORT=2", "HOME=/", "PLENUM_OTHER=x"});

  EXPECT_EQ(config.http_port, 3);
  EXPECT_EQ(config.udp_port, 2);
  EXPECT_EQ(config.tcp_port, 1);
}

TEST(Config, takes_an_empty_variable_for_none) {
  EXPECT_EQ(load_config({}, {"PLENUM_HTTP_PORT=", "PLENUM_CONFIG=", "PLENUM_DEV="}).dev, false);
}

TEST(Config, finds_its_file_by_the_environment_too) {
  const File file("shards: 3\n");
  const std::string variable = "PLENUM_CONFIG=" + file.path();

  EXPECT_EQ(load_config({}, {variable}).shards, 3u);
}

TEST(Config, takes_a_list_whole_from_one_source) {
  const File file("bind: [10.0.0.1, '2001:db8::1']\nkeys:\n  a: " + kGoodSecret + "\n");
  const Config from_file = load_config({"--config", file.path()}, {});
  const Config from_flags =
      load_config({"--config", file.path(), "--bind", "127.0.0.1", "--bind=::1"}, {});
  const Config from_environment = load_config({}, {"PLENUM_BIND=127.0.0.1, 127.0.0.2"});

  EXPECT_EQ(from_file.bind.size(), 2u);
  EXPECT_EQ(from_file.keys.at("a"), kGoodSecret);
  EXPECT_THAT(from_flags.bind,
              ElementsAre(*Address::parse("127.0.0.1", 0), *Address::parse("::1", 0)));
  EXPECT_EQ(from_environment.bind.size(), 2u);
}

TEST(Config, reads_every_form_of_an_advertised_address) {
  const Config config =
      load_config({"--advertise", "192.0.2.1", "--advertise", "192.0.2.1:99", "--advertise",
                   "2001:db8::1", "--advertise", "[2001:db8::1]:99"},
                  {});

  EXPECT_THAT(config.advertise,
              ElementsAre(*Address::parse("192.0.2.1", 0), *Address::parse("192.0.2.1", 99),
                          *Address::parse("2001:db8::1", 0), *Address::parse("2001:db8::1", 99)));
}

TEST(Config, reads_durations_with_and_without_a_unit) {
  EXPECT_EQ(load_config({"--empty-timeout", "90"}, {}).empty_timeout, 90s);
  EXPECT_EQ(load_config({"--empty-timeout", "2h"}, {}).empty_timeout, 2h);
  EXPECT_EQ(load_config({"--ping-interval", "1500ms"}, {}).ping_interval, 1500ms);
  EXPECT_THAT(error_of({"--ping-interval", "1500"}), HasSubstr("from 1s to 60s"));
  EXPECT_THAT(error_of({"--ping-interval", "5d"}), HasSubstr("duration"));
  EXPECT_THAT(error_of({"--ping-interval", "99999999999999999999s"}), HasSubstr("duration"));
}

TEST(Config, reads_ice_servers_with_and_without_credentials) {
  const Config config =
      load_config({"--ice-servers", "stun:a:1", "--ice-servers", "turns:b:2 user pass"}, {});

  EXPECT_THAT(config.ice_servers,
              ElementsAre(IceServer{"stun:a:1", "", ""}, IceServer{"turns:b:2", "user", "pass"}));
  EXPECT_THAT(error_of({"--ice-servers", "turn:b:2"}), HasSubstr("username credential"));
}

TEST(Config, names_the_source_and_the_range_of_a_bad_value) {
  const File file("http_port: many\n");

  EXPECT_EQ(error_of({"--http-port", "70000"}),
            "--http-port: \"70000\" is not a number from 0 to 65535");
  EXPECT_THAT(error_of({}, {"PLENUM_HTTP_PORT=-1"}), HasSubstr("PLENUM_HTTP_PORT: \"-1\""));
  EXPECT_THAT(error_of({"--config", file.path()}), HasSubstr("http_port in " + file.path()));
}

TEST(Config, refuses_what_it_does_not_know) {
  EXPECT_THAT(error_of({"--htpp-port", "1"}), HasSubstr("unknown flag --htpp-port"));
  EXPECT_THAT(error_of({"now"}), HasSubstr("unexpected argument"));
  EXPECT_THAT(error_of({"--http-port"}), HasSubstr("needs a value"));
}

TEST(Config, refuses_a_file_that_is_missing_broken_or_misspelled) {
  EXPECT_THAT(error_of({"--config", "/nonexistent.yaml"}), HasSubstr("cannot read"));
  const auto error_of_file = [](std::string_view text) {
    const File file(text);
    return error_of({"--config", file.path()});
  };
  EXPECT_THAT(error_of_file("a: [1\n"), HasSubstr(".yaml:2"));
  EXPECT_THAT(error_of_file("htpp_port: 1\n"), HasSubstr("unknown key \"htpp_port\""));
  EXPECT_THAT(error_of_file("- 1\n"), HasSubstr("key: value"));
  EXPECT_THAT(error_of_file("http_port: [1, 2]\n"), HasSubstr("single value"));
  EXPECT_THAT(error_of_file("keys: {a: [b]}\n"), HasSubstr("map each key"));
}

TEST(Config, gives_development_its_key_unless_another_is_set) {
  EXPECT_EQ(checked({"--dev"}).keys.at("devkey"), "secret");
  EXPECT_EQ(checked({"--dev", "--keys", "mine:x"}).keys.count("devkey"), 0u);
}

TEST(Config, refuses_missing_default_and_short_secrets_without_dev) {
  EXPECT_THAT(error_of({}), HasSubstr("no API key"));
  EXPECT_THAT(error_of({"--keys", "devkey:" + kGoodSecret}), HasSubstr("only for --dev"));
  EXPECT_THAT(error_of({"--keys", "a:secret"}), HasSubstr("only for --dev"));
  EXPECT_THAT(error_of({"--keys", "a:" + kGoodSecret.substr(1)}),
              HasSubstr("shorter than 32 bytes"));
  EXPECT_EQ(error_of({"--keys", "a:" + kGoodSecret}), "");
}

TEST(Config, never_repeats_a_secret_in_an_error) {
  EXPECT_THAT(error_of({"--keys", "hunter2hunter2"}), Not(HasSubstr("hunter2")));
  EXPECT_THAT(error_of({"--keys", "a:hunter2"}), Not(HasSubstr("hunter2")));
  EXPECT_THAT(error_of({"--storage-s3-secret-key", "hunter2 "}), Not(HasSubstr("hunter2")));
  EXPECT_THAT(error_of({"--storage-s3-access-key", "hunter2 "}), Not(HasSubstr("hunter2")));
  for (const char* flag : {"--database-url", "--webhook-livekit", "--webhook-videosdk"}) {
    const std::string error = error_of({flag, "mysql://plenum:hunter2@db/plenum"});
    EXPECT_THAT(error, HasSubstr(flag));
    EXPECT_THAT(error, Not(HasSubstr("hunter2")));
  }
}

TEST(Config, takes_a_bucket_from_a_section_of_the_file) {
  const File file(
      "dev: true\nstorage:\n  s3:\n    endpoint: http://minio:9000/\n    bucket: calls\n"
      "    prefix: /rec/2026/\n    access_key: AK\n    path_style: true\n  s3_keep_local: false\n");
  const Config config =
      checked({"--config", file.path()}, {"PLENUM_STORAGE_S3_SECRET_KEY=hunter2"});

  EXPECT_EQ(config.storage_s3.endpoint, "http://minio:9000");
  EXPECT_EQ(config.storage_s3.bucket, "calls");
  EXPECT_EQ(config.storage_s3.prefix, "rec/2026");
  EXPECT_EQ(config.storage_s3.credentials.access_key, "AK");
  EXPECT_EQ(config.storage_s3.credentials.secret_key, "hunter2");
  EXPECT_TRUE(config.storage_s3.path_style);
  EXPECT_FALSE(config.storage_s3_keep_local);
}

TEST(Config, refuses_a_bucket_that_cannot_be_written_to) {
  const auto error = [](std::vector<std::string> flags) {
    flags.insert(flags.end(), {"--dev", "--storage-s3-access-key=AK"});
    return error_of(flags);
  };
  const std::string secret = "--storage-s3-secret-key=hunter2",
                    bucket = "--storage-s3-bucket=calls";
  EXPECT_EQ(error({bucket, secret}), "");
  EXPECT_THAT(error({secret}), HasSubstr("storage-s3-bucket is missing"));
  EXPECT_THAT(error({bucket}), HasSubstr("storage-s3-secret-key"));
  EXPECT_THAT(error({bucket, secret, "--storage-s3-endpoint=http://10.0.0.1:9000"}),
              HasSubstr("path-style"));
  EXPECT_THAT(error({secret, "--storage-s3-bucket=my.calls"}), HasSubstr("path-style"));
  EXPECT_EQ(error({secret, "--storage-s3-bucket=my.calls", "--storage-s3-path-style"}), "");
  for (const char* flag :
       {"--storage-s3-bucket=Calls", "--storage-s3-bucket=a", "--storage-s3-region=a b",
        "--storage-s3-endpoint=minio:9000", "--storage-s3-endpoint=http://m/?x",
        "--storage-s3-endpoint=http://user:hunter2@m/", "--storage-s3-prefix=a/../b"})
    EXPECT_NE(error({bucket, secret, flag}), "") << flag;
}

TEST(Config, refuses_settings_that_contradict_each_other) {
  EXPECT_THAT(error_of({"--dev", "--no-udp", "--no-tcp"}), HasSubstr("no way for media"));
  EXPECT_THAT(error_of({"--dev", "--ping-interval", "20s"}), HasSubstr("longer than"));
  EXPECT_THAT(error_of({"--dev", "--udp-port", "65535", "--shards", "2"}), HasSubstr("65535"));
  EXPECT_THAT(error_of({"--dev", "--tcp-port", "7879", "--shards", "2"}),
              HasSubstr("also the TCP port"));
  EXPECT_EQ(error_of({"--dev", "--tcp-port", "7880", "--no-tcp"}), "");
}

TEST(Settings, have_defaults_in_their_texts_that_are_the_real_ones) {
  for (const Setting& s : settings()) {
    constexpr std::array kInWords{"data-dir",
                                  "web-dir",
                                  "database-url",
                                  "public-url",
                                  "storage-s3-endpoint",
                                  "storage-s3-bucket",
                                  "storage-s3-prefix",
                                  "storage-s3-access-key",
                                  "storage-s3-secret-key"};
    if (s.kind == Setting::Kind::list || std::ranges::count(kInWords, s.name) > 0) continue;
    Config untouched, set;
    s.set(set, std::string(s.default_text));
    EXPECT_EQ(set.http_port, untouched.http_port) << s.name;
    EXPECT_EQ(set.udp_port, untouched.udp_port) << s.name;
    EXPECT_EQ(set.tcp_port, untouched.tcp_port) << s.name;
    EXPECT_EQ(set.shards, untouched.shards) << s.name;
    EXPECT_EQ(set.pack_limit, untouched.pack_limit) << s.name;
    EXPECT_EQ(set.join_rate_per_address, untouched.join_rate_per_address) << s.name;
    EXPECT_EQ(set.auto_create, untouched.auto_create) << s.name;
    EXPECT_EQ(set.empty_timeout, untouched.empty_timeout) << s.name;
    EXPECT_EQ(set.departure_timeout, untouched.departure_timeout) << s.name;
    EXPECT_EQ(set.ping_interval, untouched.ping_interval) << s.name;
    EXPECT_EQ(set.ping_timeout, untouched.ping_timeout) << s.name;
    EXPECT_EQ(set.shutdown_deadline, untouched.shutdown_deadline) << s.name;
    EXPECT_EQ(set.node_id, untouched.node_id) << s.name;
    EXPECT_EQ(set.rest_rate_per_address, untouched.rest_rate_per_address) << s.name;
    EXPECT_EQ(set.webhook_allow_private, untouched.webhook_allow_private) << s.name;
    EXPECT_EQ(set.egress_cpu_percent, untouched.egress_cpu_percent) << s.name;
    EXPECT_EQ(set.egress_min_free_mib, untouched.egress_min_free_mib) << s.name;
    EXPECT_EQ(set.keep_sessions, untouched.keep_sessions) << s.name;
    EXPECT_EQ(set.storage_s3.region, untouched.storage_s3.region) << s.name;
    EXPECT_EQ(set.storage_s3.path_style, untouched.storage_s3.path_style) << s.name;
    EXPECT_EQ(set.storage_s3_keep_local, untouched.storage_s3_keep_local) << s.name;
    EXPECT_EQ(set.log_level, untouched.log_level) << s.name;
    EXPECT_EQ(set.placement, untouched.placement) << s.name;
  }
}

TEST(Settings, stand_in_help_and_reference_by_all_their_names) {
  for (const Setting& s : settings()) {
    EXPECT_THAT(settings_help(), HasSubstr(s.flag()));
    EXPECT_THAT(settings_markdown(), HasSubstr(s.variable()));
    EXPECT_EQ(find_setting(s.name), &s);
  }
}

}  // namespace
}  // namespace plenum::server
