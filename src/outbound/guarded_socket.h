#pragma once
#include <curl/curl.h>

#include <string>

namespace plenum::outbound {

/// What libcurl asks before each connect: a new socket for that very address, so a name that
/// changes between check and use gains nothing. CURL_SOCKET_BAD when the guard does not let it
/// pass; `refused` then names the address, for logs only. `allow_private` lets Reach::local pass as
/// well.
curl_socket_t guarded_socket(const curl_sockaddr& to, curlsocktype purpose, bool allow_private,
                             std::string& refused);

}  // namespace plenum::outbound
