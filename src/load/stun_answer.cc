#include "load/stun_answer.h"

#include "media/stun/message.h"

namespace plenum::load {

std::size_t answer_check(Bytes datagram, const Address& from, Bytes password, MutableBytes out) {
  const auto m = stun::MessageView::parse(datagram);
  if (!m || m->message_class() != stun::Class::request || m->method() != stun::Method::binding)
    return 0;
  if (!m->verify_integrity(password)) return 0;
  stun::MessageWriter w(out, stun::Class::success, stun::Method::binding, m->transaction_id());
  w.xor_mapped_address(from);
  w.integrity(password);
  w.fingerprint();
  return w.ok() ? w.size() : 0;
}

}  // namespace plenum::load
