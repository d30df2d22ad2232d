#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/output_queue.h"
#include "base/result.h"
#include "media/peer/negotiation_types.h"
#include "media/sdp/description.h"

namespace plenum::peer {

/// The server side's SDP state of one peer connection (RFC 8829): which m-section carries which
/// track, with which payload types and header extensions. Pure logic: it owns no ICE or DTLS
/// object, knows no time, and a description that it refuses changes nothing.
/// After each call drain poll(); the read-backs stay valid until the next non-const call.
class Negotiation {
 public:
  /// session_id: any number, written into the o-line; its top bit is dropped.
  Negotiation(NegotiationMode mode, std::uint64_t session_id);

  // --- what the client sends (publisher, single) ---
  /// Binds at once if a parked section waits for this track.
  void add_pending_track(PendingTrack track);
  /// Forgets a track, bound or not. A bound section is answered inactive from the next offer on,
  /// until the client stops sending in it or names another track there. No event.
  void remove_pending_track(TrackId track);

  // --- what we send (subscriber, single) ---
  void add_send(SendTrack track);
  /// The section falls silent with the next offer/answer, and can then carry another track.
  void remove_send(TrackId track);

  // --- publisher, single: the client offers ---
  Result<Answer, NegotiationError> handle_offer(std::string_view sdp, const LocalTransport& local);
  /// Single: what to ask of the client now so that waiting tracks can be sent; {0, 0} = only a
  /// fresh offer. nullopt when nothing is missing or everything was asked for since the last offer.
  std::optional<SectionsNeeded> take_needed();

  // --- subscriber: we offer ---
  /// Something changed and no offer waits for its answer.
  bool needs_offer() const;
  /// Allowed at any time: for an ICE restart, or again when an answer was lost.
  std::string create_offer(const LocalTransport& local);
  Status<NegotiationError> handle_answer(std::string_view sdp);
  /// mid → track of every section in which the last offer sends.
  std::vector<std::pair<std::string, TrackId>> mid_to_track_id() const;

  // --- read-back ---
  std::optional<NegotiationEvent> poll();
  const std::vector<ReceiveSection>& receive_sections() const { return receives_; }
  const ReceiveSection* receive_section(TrackId track) const;
  std::vector<SendSection> send_sections() const;
  const SendSection* send_section(TrackId track) const;
  const std::optional<RemoteTransport>& remote() const { return remote_; }
  const std::optional<ApplicationSection>& application() const { return application_; }
  /// All receive sections' extensions together. With BUNDLE an id means the same in every section
  /// (RFC 8843 section 9), so this reads `mid` and `rid` before the section is known.
  const rtp::ExtensionMap& receive_extensions() const { return receive_extensions_; }

 private:
  /// One m-line. It never moves and is never removed.
  struct Section {
    std::string mid;
    sdp::SectionKind kind = sdp::SectionKind::audio;
    bool rejected = false;  // port 0 in the last exchange: may be recycled with a new mid
    bool sending_before =
        false;             // the last description of ours sends here: the client knows a track
    bool uplink = false;   // the client sends here and we take it
    bool refused = false;  // the server took the track away; see remove_pending_track
    std::string sdp_cid;
    std::optional<PendingTrack> track;
    std::optional<TrackId> send;
    sdp::MediaSection remote;
    sdp::MediaSection local;

    bool is_rtp() const {
      return kind == sdp::SectionKind::audio || kind == sdp::SectionKind::video;
    }
    MediaKind media_kind() const {
      return kind == sdp::SectionKind::audio ? MediaKind::audio : MediaKind::video;
    }
    /// Nobody's, and no track of ours is still to be withdrawn here.
    bool free_for(MediaKind wanted) const {
      return is_rtp() && media_kind() == wanted && !rejected && !send && !sending_before;
    }
  };
  struct Send {
    SendTrack track;
    SendSection section;
  };

  // negotiation_answerer.cc
  Status<NegotiationError> check_offer(const sdp::Description& offer) const;
  void take_offer(const sdp::Description& offer);
  std::string answer_text(const sdp::Description& offer, const LocalTransport& local);
  sdp::MediaSection answer_section(Section& section);
  void answer_rtp(Section& section, sdp::MediaSection& out);
  // negotiation_uplink.cc
  void update_uplinks();
  void end_uplink(Section& section);
  void match_by_cid();
  void match_by_kind();
  void bind_uplink(Section& section, PendingTrack track);
  std::optional<PendingTrack> take_track_with_cid(const Section& section);
  ReceiveSection receive_section_of(const Section& section) const;
  void refresh_receives();
  // negotiation_downlink.cc
  Send* find_send(TrackId track);
  void unbind_lost_sends();
  void bind_waiting_sends();
  bool can_send_in(const Section& section) const;
  void set_unsupported(Section* section, Send& send);
  void set_bound(const Section& section, Send& send, const sdp::MediaSection& negotiated);
  void describe_send(const Send& send, sdp::MediaSection& out) const;
  // negotiation_offerer.cc
  void place_waiting_sends();
  Section* section_for(MediaKind kind);
  sdp::MediaSection offer_section(Section& section);
  Status<NegotiationError> check_answer(const sdp::Description& answer) const;
  void take_answer(Section& section, const sdp::MediaSection& answered);
  // negotiation_transport.cc
  Status<NegotiationError> check_transport(const sdp::Description& remote, bool is_offer) const;
  void take_transport(const sdp::Description& remote);
  std::string finish(sdp::Description description, const LocalTransport& local, sdp::Setup setup);

  NegotiationMode mode_;
  std::uint64_t session_id_;
  std::uint64_t version_ = 1;
  std::string last_text_;
  std::vector<Section> sections_;
  std::vector<PendingTrack> pending_;
  std::vector<Send> sends_;
  std::vector<ReceiveSection> receives_;
  rtp::ExtensionMap receive_extensions_;
  std::optional<RemoteTransport> remote_;
  std::optional<ApplicationSection> application_;
  OutputQueue<NegotiationEvent> events_;
  std::optional<SectionsNeeded> requested_;  // asked for since the last offer
  bool dirty_ = true;                        // subscriber: the last offer is out of date
  bool awaiting_answer_ = false;
  std::uint32_t next_mid_ = 0;
};

}  // namespace plenum::peer
