#include "media/dtls/association.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/time.h>

#include <algorithm>
#include <new>
#include <string>

#include "media/dtls/wire_bio.h"

namespace plenum::dtls {
namespace {

/// RFC 5764 section 4.2.
constexpr std::string_view kExporterLabel = "EXTRACTOR-dtls_srtp";
/// Encrypted records taken before the handshake is complete. The library keeps each of them in a
/// 16 kB buffer until it has keys; a real peer sends its Finished and a few data records.
constexpr std::size_t kMaxEarlyRecords = 32;
/// How soon to ask again when the library's clock does not agree that a timer has expired.
constexpr Duration kTimerGrace = std::chrono::milliseconds(10);

/// The library runs its retransmission timer on the real clock, while our time is an argument. So
/// its timer is set so far ahead (an hour) that it never expires by itself, and when ours expires
/// its deadline is moved into the past, just before the call that looks at it. OpenSSL 3.0 and 3.1
/// hand out that deadline by BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT for as long as the SSL lives; later
/// ones only a copy. There the library's timer gets the same length as ours instead, which is as
/// good on the real clock, and only simulated time goes without retransmissions.
bool can_backdate_timer() {
  static const bool can = OpenSSL_version_num() < 0x30200000UL;
  return can;
}
constexpr unsigned kFarAheadUs = 3'600'000'000;

struct ProfileInfo {
  std::uint16_t id;
  const char* name;
  std::size_t key_bytes;
  std::size_t salt_bytes;
};
/// RFC 5764 section 4.1.2, RFC 7714 section 12.
constexpr ProfileInfo kProfiles[] = {
    {kSrtpAeadAes128Gcm, "SRTP_AEAD_AES_128_GCM", 16, 12},
    {kSrtpAeadAes256Gcm, "SRTP_AEAD_AES_256_GCM", 32, 12},
    {kSrtpAes128CmSha1_80, "SRTP_AES128_CM_SHA1_80", 16, 14},
};

const ProfileInfo* profile_info(unsigned long id) {
  for (const ProfileInfo& p : kProfiles) {
    if (p.id == id) return &p;
  }
  return nullptr;
}

std::string profile_list(const std::vector<std::uint16_t>& ids) {
  std::string out;
  for (const std::uint16_t id : ids) {
    const ProfileInfo* p = profile_info(id);
    if (p != nullptr) out.append(out.empty() ? "" : ":").append(p->name);
  }
  return out;
}

}  // namespace

void Association::FreeSsl::operator()(ssl_st* s) const { SSL_free(s); }

Association::Association(const Certificate& certificate, Role role, const Endpoint::Config& config,
                         TimePoint now)
    : last_hello(now),
      role_(role),
      initial_retransmit_(config.initial_retransmit),
      max_retransmit_(config.max_retransmit),
      max_handshake_bytes_(config.max_handshake_bytes),
      ssl_(SSL_new(certificate.context())),
      retransmit_after_(config.initial_retransmit),
      give_up_at_(now + config.attempt_timeout) {
  if (!ssl_) throw std::bad_alloc();
  BIO* bio = WireBio::create(&wire_);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_mtu(ssl_.get(), static_cast<long>(config.mtu_bytes));
  SSL_set_tlsext_use_srtp(ssl_.get(), profile_list(config.srtp_profiles).c_str());
  DTLS_set_timer_cb(ssl_.get(), &Association::on_library_timer);
  if (role == Role::client) {
    SSL_set_connect_state(ssl_.get());
  } else {
    SSL_set_accept_state(ssl_.get());
  }
}

Association::~Association() = default;

unsigned Association::on_library_timer(ssl_st* ssl, unsigned previous_us) {
  auto& self = *static_cast<Association*>(SSL_get_app_data(ssl));
  self.retransmit_after_ = previous_us == 0
                               ? self.initial_retransmit_
                               : std::min(self.retransmit_after_ * 2, self.max_retransmit_);
  return can_backdate_timer() ? kFarAheadUs : static_cast<unsigned>(self.retransmit_after_.count());
}

void Association::start(TimePoint now) {
  handshake();
  reschedule(now);
}

void Association::feed(Bytes datagram, TimePoint now) {
  if (phase_ == Phase::dead) return;
  const auto admitted = admit(datagram);
  if (!admitted) return;
  if (phase_ == Phase::handshaking) {
    handshake_bytes_ += admitted->size();
    if (handshake_bytes_ > max_handshake_bytes_) return die(FailReason::handshake_failed);
  }
  wire_.inbox = admitted->bytes();
  if (phase_ == Phase::handshaking) handshake();
  if (phase_ == Phase::complete) read();
  wire_.inbox = {};
  reschedule(now);
}

/// A copy with only the records that may pass, plaintext ones renumbered.
std::optional<Buffer> Association::admit(Bytes datagram) {
  if (datagram.size() > Buffer::kCapacity) return std::nullopt;
  Buffer out = Buffer::allocate();
  ByteWriter writer(out.storage());
  while (const auto record = next_record(datagram)) {
    if (!admits(*record)) continue;
    const std::size_t at = writer.size();
    writer.bytes(record->whole);
    if (record->epoch == 0) put_be(out.storage(), at + 5, 6, plaintext_sequence_++);
  }
  if (writer.size() == 0) return std::nullopt;
  out.resize(writer.size());
  return out;
}

bool Association::admits(const RecordView& record) {
  if (phase_ == Phase::complete) return record.epoch != 0;
  if (record.epoch == 0) {
    if (record.type == ContentType::handshake)
      return is_sound_handshake(record.body, max_handshake_bytes_);
    return record.type == ContentType::change_cipher_spec && record.body.size() == 1;
  }
  return ++early_records_ <= kMaxEarlyRecords;
}

void Association::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    phase_ = Phase::complete;
  } else if (!SSL_want_read(ssl_.get())) {  // waiting is no failure, whatever the error queue says
    die(FailReason::handshake_failed);
  }
  ERR_clear_error();
}

void Association::read() {
  ERR_clear_error();
  for (;;) {
    Buffer data = Buffer::allocate();
    const int n = SSL_read(ssl_.get(), data.storage().data(), static_cast<int>(Buffer::kCapacity));
    if (n > 0) {
      data.resize(static_cast<std::size_t>(n));
      received_.push_back(std::move(data));
      continue;
    }
    if ((SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0) {
      closed_by_peer_ = true;
    } else if (!SSL_want_read(ssl_.get())) {
      die(FailReason::handshake_failed);
    }
    break;
  }
  ERR_clear_error();
}

bool Association::send(Bytes data) {
  if (phase_ != Phase::complete || data.empty() || data.size() > Endpoint::kMaxData) return false;
  ERR_clear_error();
  const int n = SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size()));
  ERR_clear_error();
  return n == static_cast<int>(data.size());
}

void Association::send_close_notify() {
  if (phase_ != Phase::complete) return;
  ERR_clear_error();
  (void)SSL_shutdown(ssl_.get());  // 0 and 1 both mean sent
  ERR_clear_error();
}

void Association::reschedule(TimePoint now) {
  if (!wire_.timer_running) {
    retransmit_at_ = kNever;
  } else if (wire_.timer_started) {
    retransmit_at_ = now + retransmit_after_;
  }
  wire_.timer_started = false;
}

TimePoint Association::next_timeout() const {
  if (phase_ != Phase::handshaking) return kNever;
  return std::min(retransmit_at_, give_up_at_);
}

void Association::handle_timeout(TimePoint now, bool may_retransmit) {
  if (phase_ != Phase::handshaking) return;
  if (now >= give_up_at_) return die(FailReason::timeout);
  if (now < retransmit_at_) return;
  if (!may_retransmit) {
    retransmit_at_ = now + retransmit_after_;
    return;
  }
  if (can_backdate_timer() && wire_.library_deadline != nullptr)
    *wire_.library_deadline = timeval{.tv_sec = 1, .tv_usec = 0};
  retransmit_at_ = now + kTimerGrace;
  ERR_clear_error();
  if (DTLSv1_handle_timeout(ssl_.get()) < 0) die(FailReason::timeout);
  ERR_clear_error();
  reschedule(now);
}

bool Association::peer_matches(const Fingerprint& fingerprint) const {
  return phase_ == Phase::complete && fingerprint.matches(SSL_get0_peer_certificate(ssl_.get()));
}

std::optional<Connected> Association::export_keys() const {
  const SRTP_PROTECTION_PROFILE* chosen = SSL_get_selected_srtp_profile(ssl_.get());
  const ProfileInfo* profile = chosen != nullptr ? profile_info(chosen->id) : nullptr;
  if (phase_ != Phase::complete || profile == nullptr) return std::nullopt;
  Connected c{profile->id, {}, role_ == Role::client};
  c.keying_material.resize(2 * (profile->key_bytes + profile->salt_bytes));
  const int ok = SSL_export_keying_material(
      ssl_.get(), reinterpret_cast<unsigned char*>(c.keying_material.data()),
      c.keying_material.size(), kExporterLabel.data(), kExporterLabel.size(), nullptr, 0, 0);
  if (ok != 1) return std::nullopt;
  return c;
}

bool Association::has_progressed() const {
  if (phase_ != Phase::handshaking) return true;
  switch (SSL_get_state(ssl_.get())) {
    case TLS_ST_BEFORE:
    case TLS_ST_SR_CLNT_HELLO:
    case TLS_ST_SW_SRVR_DONE:
      return false;
    default:
      return true;
  }
}

std::vector<Buffer> Association::take_datagrams() { return std::exchange(wire_.outbox, {}); }

void Association::die(FailReason reason) {
  phase_ = Phase::dead;
  fail_reason_ = reason;
  retransmit_at_ = kNever;
  // A server says nothing about a failed attempt: its alert, in plaintext, could reach the real
  // peer in the middle of its own handshake and end that.
  if (role_ == Role::server) wire_.outbox.clear();
}

}  // namespace plenum::dtls
