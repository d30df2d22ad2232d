#include "cli/command.h"
#include "server/settings.h"

namespace plenum::cli {

std::string general_help() {
  return "Plenum: rooms for audio, video and data over WebRTC, for LiveKit's client SDKs.\n"
         "\n"
         "Usage: plenum COMMAND [OPTIONS]\n"
         "\n"
         "  serve         Run the server\n"
         "  token         Make access tokens\n"
         "  room          Make, list and end rooms of a running server\n"
         "  participant   List and remove those who are in a room\n"
         "  key           Add, list and revoke API keys\n"
         "  webhook       Receive webhooks, for development\n"
         "  compose       Make one recording of those of participants and tracks\n"
         "  load          Be many participants of a server, and measure it\n"
         "  help          This text, or `plenum help COMMAND`\n"
         "  version       Print the version\n"
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

namespace {

/// Of the commands that call a running server.
constexpr const char* kServerOptions =
    "  --url URL         Where the server is; also PLENUM_URL [http://127.0.0.1:7880]\n"
    "  --api-key KEY     Which of several keys to use [the first]\n"
    "\n"
    "Signs its calls with the server's API key: from --config, PLENUM_CONFIG, PLENUM_KEYS or\n"
    "--keys, or the development key with --dev.\n";

}  // namespace

std::string room_help() {
  return "Usage: plenum room create [--custom-id ID] [--webhook URL] [OPTIONS]\n"
         "       plenum room list [--json] [OPTIONS]\n"
         "       plenum room end ROOM [OPTIONS]\n"
         "\n"
         "create makes a room of REST v2, or finds the one with that custom id, and prints its\n"
         "id. list shows those rooms and whatever is live. end disconnects everybody; ROOM is a\n"
         "room's id, its custom id or the name it has for LiveKit's clients.\n"
         "\n"
         "  --custom-id ID    Your own name for the room\n"
         "  --webhook URL     Where the room's webhooks go\n"
         "  --json            An array of objects instead of a table\n" +
         std::string(kServerOptions);
}

std::string participant_help() {
  return "Usage: plenum participant list ROOM [OPTIONS]\n"
         "       plenum participant remove ROOM IDENTITY [OPTIONS]\n"
         "\n"
         "Shows who is in a live room, or disconnects one of them; his token, while it is valid,\n"
         "lets him in again. Write -- before a ROOM or IDENTITY that begins with --.\n"
         "\n" +
         std::string(kServerOptions);
}

std::string key_help() {
  return "Usage: plenum key add [NAME_OR_KEY] [--name TEXT] [--secret SECRET] [OPTIONS]\n"
         "       plenum key list [OPTIONS]\n"
         "       plenum key revoke KEY [OPTIONS]\n"
         "       plenum key revoke-tokens KEY [OPTIONS]\n"
         "       plenum key revoke-token TOKEN [OPTIONS]\n"
         "\n"
         "Works on the server's database itself, in the directory of --data-dir, of\n"
         "PLENUM_DATA_DIR or of data_dir in the file of --config. add prints key and secret; no\n"
         "command shows the secret again. A revoked key stays so. Keys of the configuration are\n"
         "not in the database. revoke-tokens refuses all tokens that the key has issued until "
         "now,\n"
         "revoke-token one with a claim jti, of any key. A running server follows within seconds.\n"
         "\n"
         "  NAME_OR_KEY       Up to 64 letters, digits and . _ - are the key itself; anything\n"
         "                    else is the name of a key that is made up\n"
         "  --name TEXT       For people: whose the key is\n"
         "  --secret SECRET   At least 32 bytes [made up]; others on this machine can read flags\n"
         "  --data-dir DIR    Where everything durable is kept\n"
         "  --database-url URL  PostgreSQL, instead of --data-dir\n";
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

std::string compose_help() {
  return "Usage: plenum compose MANIFEST... OUTPUT [OPTIONS]\n"
         "\n"
         "Lays out recordings of participants or tracks as a composed recording would have shown\n"
         "the room, as fast as the machine can. A MANIFEST is the JSON file that such a recording\n"
         "left beside its media; with several, the media of all are laid over each other by their\n"
         "time. OUTPUT is a new file: .mp4, .webm, or .m4a for the sound alone.\n"
         "\n"
         "  --layout TYPE         GRID, SIDEBAR or SPOTLIGHT [GRID]\n"
         "  --grid-size N         Tiles at a time, 1 to 25 [as many as fit]\n"
         "  --quality SIZE        low, med or high: 480, 720 or 1080 lines [med]\n"
         "  --orientation WHICH   landscape or portrait [landscape]\n"
         "  --theme THEME         DEFAULT, DARK or LIGHT [DEFAULT]\n"
         "  --audio-only          The sound alone\n";
}

std::string load_help() {
  return "Usage: plenum load [--url URL] [OPTIONS]\n"
         "\n"
         "Joins rooms of a running server as many participants that publish real pictures and "
         "sound\n"
         "and watch them, and reports how that went: docs/load.md. Any server of LiveKit's "
         "protocol\n"
         "will do. Exit code 1: a participant could not join or was thrown out.\n"
         "\n"
         "  --url URL             Where the server is [ws://127.0.0.1:7880]\n"
         "  --api-key KEY         To sign with; else as for plenum token\n"
         "  --api-secret SECRET   Of that key; others on this machine can read flags\n"
         "  --room ROOM           Name of the room, or how the names of several begin [load]\n"
         "  --rooms N             How many rooms [1]\n"
         "  --publishers N        In each room [1]\n"
         "  --subscribers N       In each room [0]\n"
         "  --publishers-subscribe  Publishers watch each other as well\n"
         "  --layout LAYOUT       What is watched: speaker, 3x3, 5x5 or all [all]\n"
         "  --video CODEC         vp8, h264 or none [vp8]\n"
         "  --simulcast on|off    Cameras in three layers, or the best alone [on]\n"
         "  --audio on|off        [on]\n"
         "  --screen-share        The first publisher of each room shares a screen\n"
         "  --join-rate RATE      How fast they join, such as 50/s [20/s]\n"
         "  --duration TIME       From the first join [30s]\n"
         "  --churn WHAT          How often each leaves for 3 s or mutes itself for 5 s:\n"
         "                        leave=6/h,mute=1/m\n"
         "  --impair LINK         Of each participant, both ways: loss=2%,delay=50ms,rate=1mbit\n"
         "  --impair-up LINK, --impair-down LINK   One way\n"
         "  --impaired SHARE      Of the participants, 0 to 1 [1]\n"
         "  --data RATE           Data packets from each publisher to all, such as 10/s [none]\n"
         "  --seed N              Of everything that chance decides [1]\n"
         "  --json FILE           Write the report there; - for the terminal\n"
         "  --html FILE           The same as a page with plots\n"
         "  --quiet               Show nothing\n";
}

}  // namespace plenum::cli
