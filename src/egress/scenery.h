#pragma once
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <string>

#include "egress/compositor.h"
#include "egress/image_decoder.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// What is to be seen besides the room: an image behind the tiles and a logo over them, of the
/// files that the server sends in pieces. Decodes on a thread of its own: an image takes longer
/// than a frame may. The class is for one thread.
class Scenery {
 public:
  /// `on_ready` is called on any thread when poll() has something; must not block.
  Scenery(Size canvas, std::function<void()> on_ready)
      : canvas_(canvas), on_ready_(std::move(on_ready)) {}

  /// A piece of a file. What is larger than kMaxImageBytes is dropped, and so is more than the two
  /// files that are shown and the two that follow them.
  void add(const pb::ImagePiece& piece);
  /// Shows what the layout names of the files that are there, and forgets the others. `under` is
  /// what is seen through the image.
  void set(const pb::Layout& layout, Rgb under);

  struct Change {
    std::optional<Picture> background{};
    Overlay logo{};
    Corner corner = Corner::top_right;
    /// Images that cannot be shown.
    int faults = 0;
  };
  /// What is to be shown from now on, once it has changed.
  std::optional<Change> poll();
  /// Waits until poll() has answered for all that was set.
  void wait() const {
    if (making_.valid()) making_.wait();
  }

 private:
  struct Wanted {
    std::string image, logo, position;
    Rgb under{};
    friend bool operator==(const Wanted&, const Wanted&) = default;
  };
  struct File {
    std::string bytes;
    bool whole = false;
  };

  void begin();
  const std::string& file(const std::string& id) const;

  const Size canvas_;
  const std::function<void()> on_ready_;
  std::map<std::string, File> files_;
  Wanted wanted_;
  /// Changed while the one before was being made.
  bool again_ = false;
  std::future<Change> making_;
};

/// Of the words of the API; top-right unless it says otherwise.
Corner corner_from(const std::string& position);

}  // namespace plenum::egress
