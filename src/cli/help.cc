#include "cli/command.h"
#include "server/settings.h"

namespace plenum::cli {

std::string general_help() {
  return "Plenum: rooms for audio, video and data over WebRTC, for LiveKit's client SDKs.\n"
         "\n"
         "Usage: plenum COMMAND [OPTIONS]\n"
         "\n"
         "  serve     Run the server\n"
         "  token     Make access tokens\n"
         "  webhook   Receive webhooks, for development\n"
         "  help      This text, or `plenum help COMMAND`\n"
         "  version   Print the version\n"
         "\n"
         "To try it: plenum serve --dev\n";
}

std::string serve_help() {
  return "Usage: plenum serve [--dev] [OPTIONS]\n"
         "\n"
         "Runs the server until SIGTERM or SIGINT. Each option is also a key of the configuration\n"
         "file (http_port) and an environment variable (PLENUM_HTTP_PORT); flags win over the\n"
         "environment, the environment over the file. Exit code 2 means a mistake in the "
         "settings.\n"
         "\n" +
         server::settings_help();
}

std::string token_help() {
  return "Usage: plenum token create --room ROOM --identity ID [OPTIONS]\n"
         "\n"
         "Prints an access token for one participant, made with the server's API key: from\n"
         "--config, PLENUM_CONFIG, PLENUM_KEYS or --keys, or the development key with --dev.\n"
         "\n"
         "  --room ROOM            Room the token is for\n"
         "  --identity ID          Who the participant is; unique in the room\n"
         "  --name NAME            Name shown to others\n"
         "  --metadata TEXT        Metadata of the participant\n"
         "  --attribute KEY=VALUE  Attribute of the participant; may be repeated\n"
         "  --valid-for TIME       From now, such as 30m or 6h [6h; 1s…8760h]\n"
         "  --api-key KEY          Which of several keys to use [the first]\n"
         "  --grant NAME           May also: room-create, room-list, room-admin, room-record,\n"
         "                         update-own-metadata, hidden, recorder, agent; may be repeated\n"
         "  --deny NAME            May not: publish, subscribe, publish-data; may be repeated\n"
         "  --source NAME          May only publish: camera, microphone, screen_share,\n"
         "                         screen_share_audio; may be repeated\n";
}

std::string webhook_help() {
  return "Usage: plenum webhook tail [OPTIONS]\n"
         "\n"
         "Receives webhooks, verifies their signatures and prints a line for each; answers 401 to\n"
         "what does not verify. For development. LiveKit's are checked with the server's API "
         "keys:\n"
         "from --config, PLENUM_CONFIG, PLENUM_KEYS or --keys, or the development key with --dev.\n"
         "\n"
         "  --listen ADDRESS:PORT  Where to receive [127.0.0.1:7999; port 0 = a free one]\n"
         "  --server URL           Whose public key VideoSDK's are checked with\n"
         "                         [http://127.0.0.1:7880]\n"
         "  --public-key FILE      That key as a PEM file, instead of asking the server\n"
         "\n"
         "A server sends to such an address only when it allows private ones for webhooks.\n";
}

}  // namespace plenum::cli
