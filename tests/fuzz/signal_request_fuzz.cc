#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <string>

#include "proto/livekit_rtc.pb.h"

// One WebSocket frame from a client: binary, or proto-JSON in a text frame. What parses is written
// and must come back equal.
namespace {

using ::livekit::SignalRequest;

void round_trip(const SignalRequest& request) {
  const std::string bytes = request.SerializeAsString();
  SignalRequest again;
  if (!again.ParseFromString(bytes) || again.ByteSizeLong() != bytes.size()) std::abort();
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(request, &json);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SignalRequest binary;
  if (binary.ParseFromArray(data, static_cast<int>(size))) round_trip(binary);

  SignalRequest text;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const std::string json(reinterpret_cast<const char*>(data), size);
  if (google::protobuf::util::JsonStringToMessage(json, &text, options).ok()) round_trip(text);
  return 0;
}
