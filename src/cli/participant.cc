#include "cli/participant_command.h"

#include <cstdio>

#include "api/videosdk/resources.h"
#include "cli/json_fields.h"
#include "cli/room_command.h"
#include "cli/table.h"

namespace plenum::cli {
namespace {

namespace json = boost::json;

/// "JOINED" of the protocol as "joined".
std::string state_text(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

int list(const Context& context) {
  ServerCommand command = read_server_command(context, {}, {"ROOM"});
  const std::string room = live_room(command.api, command.words[0]);
  const auto answer = command.api.room_service("ListParticipants", {{"room", room}}, room);
  std::fputs(participants_table(objects_of(answer, "participants")).c_str(), stdout);
  return 0;
}

int remove(const Context& context) {
  ServerCommand command = read_server_command(context, {}, {"ROOM", "IDENTITY"});
  const std::string room = live_room(command.api, command.words[0]);
  const std::string& identity = command.words[1];
  command.api.room_service("RemoveParticipant", {{"room", room}, {"identity", identity}}, room);
  std::puts(("removed " + printable(identity)).c_str());
  return 0;
}

}  // namespace

std::string participants_table(const std::vector<json::object>& participants) {
  Table table({"IDENTITY", "NAME", "STATE", "TRACKS", "JOINED"});
  for (const json::object& p : participants)
    table.add({text_of(p, "identity"), text_of(p, "name"), state_text(text_of(p, "state")),
               std::to_string(objects_of(p, "tracks").size()),
               videosdk_api::time_text(number_of(p, "joined_at") * 1000)});
  return table.text();
}

int participant(const Context& context) {
  static constexpr Verb kVerbs[] = {{"list", list}, {"remove", remove}};
  return run_verb(context, "participant", participant_help, kVerbs);
}

}  // namespace plenum::cli
