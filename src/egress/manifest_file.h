#pragma once
#include <string>

#include "base/result.h"
#include "egress/manifest.h"

namespace plenum::egress {

/// Reads and parses the file at `path`. The error is a sentence for the operator.
Result<Manifest, std::string> read_manifest(const std::string& path);

/// Writes it so that at any time, also after a crash or a power cut, there is the old one or the
/// new one whole. The error is a sentence for the operator.
Status<std::string> write_manifest(const std::string& path, const Manifest& manifest);

}  // namespace plenum::egress
