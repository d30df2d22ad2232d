#include "egress/mp4_fragments.h"

#include <array>
#include <optional>

namespace plenum::egress {
namespace {

/// A day at one fragment a second has 172800 boxes; this is a week of it.
constexpr int kMaxBoxes = 1'250'000;
constexpr int kMaxChildren = 64;

constexpr std::uint32_t type(const char (&name)[5]) {
  std::uint32_t v = 0;
  for (int i = 0; i < 4; ++i) v = v << 8 | static_cast<std::uint8_t>(name[i]);
  return v;
}

struct Box {
  std::uint32_t type = 0;
  std::uint64_t body = 0;
  std::uint64_t end = 0;
};

/// The box at `at`, which has to end at `limit` at the latest. Size 0, "to the end of the file", is
/// nothing we write, but is what a disk leaves of blocks it never got.
std::optional<Box> read_box(const ReadAt& read, std::uint64_t at, std::uint64_t limit) {
  std::array<std::byte, 16> head{};
  if (at > limit || limit - at < 8) return std::nullopt;
  const std::size_t wanted = limit - at < head.size() ? 8 : head.size();
  const std::size_t got = read(at, MutableBytes(head).first(wanted));
  if (got < 8) return std::nullopt;
  std::uint64_t size = be32(head, 0);
  std::uint64_t header = 8;
  if (size == 1) {
    if (got < 16) return std::nullopt;
    size = be64(head, 8);
    header = 16;
  }
  if (size < header || size > limit - at) return std::nullopt;
  return Box{.type = be32(head, 4), .body = at + header, .end = at + size};
}

/// Whether the children fill the box, and `first` begins them.
bool is_filled(const ReadAt& read, const Box& parent, std::uint32_t first) {
  std::uint64_t at = parent.body;
  for (int children = 0; children < kMaxChildren; ++children) {
    const auto child = read_box(read, at, parent.end);
    if (!child || (children == 0 && child->type != first)) return false;
    at = child->end;
    if (at == parent.end) return true;
  }
  return false;
}

bool is_side_box(std::uint32_t t) {
  return t == type("free") || t == type("skip") || t == type("sidx") || t == type("styp") ||
         t == type("uuid") || t == type("emsg") || t == type("prft");
}

/// Takes one box after the other and keeps what they amount to.
class Walk {
 public:
  explicit Walk(const ReadAt& read) : read_(read) {}

  /// False when the box makes no sense here.
  bool take(const Box& box) {
    if (awaits_mdat_ && box.type != type("mdat")) return false;
    if (box.type == type("ftyp")) return !scan_.has_moov;
    if (box.type == type("moov")) return take_moov(box);
    if (box.type == type("moof")) return take_moof(box);
    if (box.type == type("mdat")) return take_mdat(box);
    if (box.type == type("mfra")) {
      if (scan_.fragments == 0) return false;
      scan_.end = box.end;
      return true;
    }
    return is_side_box(box.type);
  }

  Mp4Scan finish(std::uint64_t at, std::uint64_t file_size) {
    scan_.is_final = scan_.has_moov && has_plain_mdat_ && scan_.fragments == 0 && at == file_size;
    if (scan_.is_final) scan_.end = file_size;
    return scan_;
  }

 private:
  bool take_moov(const Box& box) {
    if (scan_.has_moov || !is_filled(read_, box, type("mvhd"))) return false;
    scan_.has_moov = true;
    scan_.end = box.end;
    return true;
  }
  bool take_moof(const Box& box) {
    if (!scan_.has_moov || has_plain_mdat_ || !is_filled(read_, box, type("mfhd"))) return false;
    awaits_mdat_ = true;
    return true;
  }
  bool take_mdat(const Box& box) {
    if (!awaits_mdat_) {  // of a file without fragments, whose moov may follow it
      has_plain_mdat_ = true;
      return scan_.fragments == 0;
    }
    awaits_mdat_ = false;
    ++scan_.fragments;
    scan_.end = box.end;
    return true;
  }

  const ReadAt& read_;
  Mp4Scan scan_;
  bool awaits_mdat_ = false;
  bool has_plain_mdat_ = false;
};

}  // namespace

Mp4Scan scan_mp4(const ReadAt& read, std::uint64_t file_size) {
  Walk walk(read);
  std::uint64_t at = 0;
  for (int boxes = 0; boxes < kMaxBoxes; ++boxes) {
    const auto box = read_box(read, at, file_size);
    if (!box || !walk.take(*box)) break;
    at = box->end;
  }
  return walk.finish(at, file_size);
}

}  // namespace plenum::egress
