#include <algorithm>
#include <cstdlib>
#include <vector>

#include "media/stun/message.h"

// Parses; what parses is read by every accessor, written again, and must come back the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plenum;
  const Bytes input = std::as_bytes(std::span(data, size));
  const auto username = stun::find_username(input);
  const auto m = stun::MessageView::parse(input);
  if (!m.ok()) return 0;
  if (m->username() && m->username() != username) std::abort();
  (void)m->verify_integrity(as_bytes("VOkJxbRl1RmTxUk/WvJxBt"));

  std::vector<std::byte> memory(stun::kMaxMessageSize);
  stun::MessageWriter w(memory, m->message_class(), m->method(), m->transaction_id());
  if (const auto v = m->username()) w.username(*v);
  if (const auto v = m->priority()) w.priority(*v);
  if (const auto v = m->ice_controlling()) w.ice_controlling(*v);
  if (const auto v = m->ice_controlled()) w.ice_controlled(*v);
  if (const auto v = m->xor_mapped_address()) w.xor_mapped_address(*v);
  if (const auto v = m->error_code()) w.error_code(*v, "reason");
  if (!m->unknown_required().empty()) w.unknown_attributes(m->unknown_required());
  if (m->use_candidate()) w.use_candidate();
  w.integrity(as_bytes("key"));
  w.fingerprint();
  if (!w.ok()) std::abort();

  const auto again = stun::MessageView::parse(w.written());
  if (!again.ok() || !again->verify_integrity(as_bytes("key"))) std::abort();
  if (again->message_class() != m->message_class() || again->method() != m->method() ||
      again->transaction_id() != m->transaction_id() || again->username() != m->username() ||
      again->priority() != m->priority() || again->use_candidate() != m->use_candidate() ||
      again->ice_controlling() != m->ice_controlling() ||
      again->ice_controlled() != m->ice_controlled() ||
      again->xor_mapped_address() != m->xor_mapped_address() ||
      again->error_code() != m->error_code())
    std::abort();
  return 0;
}
