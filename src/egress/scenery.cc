#include "egress/scenery.h"

#include <chrono>
#include <exception>
#include <utility>

namespace plenum::egress {
namespace {

constexpr std::size_t kMaxFiles = 4;  // two that are shown, two that follow

using Change = Scenery::Change;

/// Nothing wanted: nothing made, and no fault.
template <class Make>
void make(bool is_wanted, const std::string& file, Change& change, Make use) {
  if (!is_wanted) return;
  try {
    if (const auto image = decode_image(as_bytes(file))) return use(*image);
  } catch (const std::exception&) {  // no memory, most likely
  }
  ++change.faults;
}

}  // namespace

Corner corner_from(const std::string& position) {
  if (position == "top-left") return Corner::top_left;
  if (position == "bottom-left") return Corner::bottom_left;
  return position == "bottom-right" ? Corner::bottom_right : Corner::top_right;
}

void Scenery::add(const pb::ImagePiece& piece) {
  if (!files_.contains(piece.id()) && files_.size() >= kMaxFiles) return;
  File& file = files_[piece.id()];
  if (std::exchange(file.whole, piece.last())) file.bytes.clear();  // it is sent anew
  file.bytes += piece.bytes();
  if (file.bytes.size() > kMaxImageBytes) files_.erase(piece.id());
}

void Scenery::set(const pb::Layout& layout, Rgb under) {
  Wanted wanted{layout.background_image(), layout.logo_image(), layout.logo_position(), under};
  std::erase_if(files_,
                [&](const auto& f) { return f.first != wanted.image && f.first != wanted.logo; });
  if (wanted.image.empty()) wanted.under = {};
  if (wanted == wanted_) return;
  wanted_ = std::move(wanted);
  again_ = making_.valid();
  if (!again_) begin();
}

const std::string& Scenery::file(const std::string& id) const {
  static const std::string kNone;
  const auto it = files_.find(id);
  return it == files_.end() || !it->second.whole ? kNone : it->second.bytes;
}

void Scenery::begin() {
  making_ = std::async(std::launch::async, [canvas = canvas_, wanted = wanted_,
                                            image = file(wanted_.image), logo = file(wanted_.logo),
                                            ready = on_ready_] {
    Change change{.corner = corner_from(wanted.position)};
    make(!wanted.image.empty(), image, change,
         [&](const RgbaImage& i) { change.background = cover_picture(i, canvas, wanted.under); });
    make(!wanted.logo.empty(), logo, change,
         [&](const RgbaImage& i) { change.logo = logo_overlay(i, canvas); });
    if (ready) ready();
    return change;
  });
}

std::optional<Scenery::Change> Scenery::poll() {
  if (!making_.valid() || making_.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    return std::nullopt;
  Change change = making_.get();
  if (!std::exchange(again_, false)) return change;
  begin();
  return std::nullopt;
}

}  // namespace plenum::egress
