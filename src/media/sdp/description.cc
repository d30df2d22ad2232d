#include "media/sdp/description.h"

#include <algorithm>

#include "media/sdp/tokens.h"

namespace plenum::sdp {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Calls f(key, value, whole element) for each element of "k=v;flag;k=v".
template <class F>
void for_each_parameter(std::string_view fmtp, F f) {
  while (!fmtp.empty()) {
    const std::string_view element = trimmed(take_until(fmtp, ';'));
    if (element.empty()) continue;
    std::string_view value = element;
    const std::string_view key = trimmed(take_until(value, '='));
    f(key, trimmed(value), element);
  }
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view text(Direction d) {
  switch (d) {
    case Direction::sendrecv:
      return "sendrecv";
    case Direction::sendonly:
      return "sendonly";
    case Direction::recvonly:
      return "recvonly";
    case Direction::inactive:
      return "inactive";
  }
  return "inactive";
}

std::string_view text(Setup s) {
  switch (s) {
    case Setup::actpass:
      return "actpass";
    case Setup::active:
      return "active";
    case Setup::passive:
      return "passive";
    case Setup::holdconn:
      return "holdconn";
  }
  return "holdconn";
}

bool Format::is(std::string_view encoding_name) const {
  return equal_ignoring_case(encoding, encoding_name);
}

bool Format::has_feedback(std::string_view value) const {
  return std::ranges::find(feedback, value) != feedback.end();
}

std::optional<std::string_view> Format::parameter(std::string_view key) const {
  std::optional<std::string_view> found;
  for_each_parameter(fmtp, [&](std::string_view k, std::string_view v, std::string_view) {
    if (!found && equal_ignoring_case(k, key)) found = v;
  });
  return found;
}

std::optional<std::uint8_t> Format::apt() const {
  const auto value = parameter("apt");
  if (!value) return std::nullopt;
  const auto payload = number<std::uint8_t>(*value);
  return payload && *payload < 128 ? payload : std::nullopt;
}

const Format* MediaSection::format(std::uint8_t payload_type) const {
  const auto it = std::ranges::find(formats, payload_type, &Format::payload_type);
  return it == formats.end() ? nullptr : &*it;
}

const Format* MediaSection::rtx_of(std::uint8_t payload_type) const {
  for (const Format& f : formats) {
    if (f.is("rtx") && f.apt() == payload_type) return &f;
  }
  return nullptr;
}

TransportAttributes Description::transport_of(const MediaSection& section) const {
  TransportAttributes t = section.transport;
  if (t.ice_ufrag.empty() && t.ice_pwd.empty()) {
    t.ice_ufrag = transport.ice_ufrag;
    t.ice_pwd = transport.ice_pwd;
  }
  if (t.ice_options.empty()) t.ice_options = transport.ice_options;
  if (t.fingerprints.empty()) t.fingerprints = transport.fingerprints;
  if (!t.setup) t.setup = transport.setup;
  return t;
}

const MediaSection* Description::section(std::string_view mid) const {
  const auto it = std::ranges::find(sections, mid, &MediaSection::mid);
  return it == sections.end() ? nullptr : &*it;
}

std::string without_parameter(std::string_view fmtp, std::string_view key) {
  std::string out;
  for_each_parameter(fmtp, [&](std::string_view k, std::string_view, std::string_view element) {
    if (equal_ignoring_case(k, key)) return;
    if (!out.empty()) out += ';';
    out += element;
  });
  return out;
}

std::string with_parameter(std::string_view fmtp, std::string_view key, std::string_view value) {
  std::string out;
  bool placed = false;
  const auto append = [&](std::string_view k, std::string_view v) {
    if (!out.empty()) out += ';';
    out.append(k).append("=").append(v);
  };
  for_each_parameter(fmtp, [&](std::string_view k, std::string_view, std::string_view element) {
    if (equal_ignoring_case(k, key)) {
      if (!placed) append(k, value);
      placed = true;
      return;
    }
    if (!out.empty()) out += ';';
    out += element;
  });
  if (!placed) append(key, value);
  return out;
}

}  // namespace plenum::sdp
