#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "load/link_config.h"
#include "load/view.h"
#include "media/codec/codec.h"

namespace plenum::load {

/// How often something happens to each participant.
struct Churn {
  /// In an hour; 0 = never. Exponentially distributed.
  double leaves_per_hour = 0, mutes_per_hour = 0;
  /// How long one stays away, or muted.
  Duration away = 3s, muted = 5s;
};

/// What a run does.
struct Scenario {
  std::string url, api_key, api_secret;
  /// Name of the one room, or what comes before the number of each of several.
  std::string room = "load";
  std::uint32_t rooms = 1;
  /// In each room.
  std::uint32_t publishers = 1, subscribers = 0;
  Layout layout = Layout::all;
  /// nullopt = no camera.
  std::optional<codec::Codec> video = codec::Codec::vp8;
  bool simulcast = true, audio = true;
  /// One of each room's publishers shares a screen.
  bool screen_share = false;
  /// Publishers watch as well.
  bool publishers_subscribe = false;
  double joins_per_second = 20;
  /// From the first join.
  Duration duration = 30s;
  Churn churn;
  /// Links of the first `impaired` share of each room's subscribers, or of everybody if 1.
  std::optional<LinkPlan> up, down;
  double impaired = 1;
  /// Of each publisher.
  double data_per_second = 0;
  std::uint32_t data_bytes = 200;
  std::uint64_t seed = 1;
};

}  // namespace plenum::load
