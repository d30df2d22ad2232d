#include "control/egress_outputs.h"

#include <algorithm>

namespace plenum::control {
namespace {

using Type = EgressOutput::Type;
using State = EgressOutput::State;

/// Files of one copying job, whatever its workers say.
constexpr std::size_t kMostCopied = 1000;

std::size_t count(const EgressJob& job, Type type) {
  return static_cast<std::size_t>(std::ranges::count_if(
      job.outputs, [&](const auto& o) { return o.type == type && !o.id.empty(); }));
}

/// What the caller calls the first file, with the part's suffix before the ending.
std::string part_name(const EgressJob& job, const std::string& suffix) {
  const EgressOutput* first = job.output(Type::file);
  if (!first || first->name.empty()) return {};
  const std::string& name = first->name;
  const std::size_t slash = name.rfind('/'), dot = name.rfind('.');
  const bool has_ending = dot != name.npos && (slash == name.npos || dot > slash);
  const std::size_t at = has_ending ? dot : name.size();
  return name.substr(0, at) + suffix + name.substr(at);
}

/// "file", "file-2", "file-3" … and so for the others.
void place(EgressJob& job, EgressOutput& output) {
  const char* name = output.type == Type::file       ? "file"
                     : output.type == Type::segments ? "hls"
                                                     : "rtmp";
  const std::size_t number = count(job, output.type) + 1;
  const std::string suffix = number == 1 ? "" : "-" + std::to_string(number);
  output.id = name + suffix;
  if (output.type == Type::file)
    output.path = job.folder() + "/" + job.id + suffix + (job.webm ? ".webm" : ".mp4");
  if (output.type == Type::segments) output.path = "hls/" + job.id + suffix;
}

EgressOutput* add_copied(EgressJob& job, const std::string& name) {
  const bool ours = job.copy && name.starts_with(job.id) && name.find('/') == name.npos &&
                    job.outputs.size() < kMostCopied;
  if (!ours) return nullptr;
  EgressOutput& file = job.outputs.emplace_back();
  file.id = name;
  file.path = job.folder() + "/" + name;
  if (!job.copy->name.empty()) file.name = job.copy->name + name.substr(job.id.size());
  return &file;
}

}  // namespace

void place_outputs(EgressJob& job) {
  for (EgressOutput& o : job.outputs)
    if (o.id.empty()) place(job, o);
}

void add_parts(EgressJob& job) {
  // What the next worker copies it puts into files of its own.
  if (job.copy) return;
  for (EgressOutput& o : job.outputs)
    if (!o.is_over()) o.state = State::connecting;
  const auto last = std::find_if(job.outputs.rbegin(), job.outputs.rend(),
                                 [](const auto& o) { return o.type == Type::file; });
  if (last == job.outputs.rend() || last->state != State::ended) return;
  EgressOutput part;
  place(job, part);
  part.name = part_name(job, part.id.substr(part.id.find('-')));
  job.outputs.push_back(std::move(part));
}

EgressOutput* output_of(EgressJob& job, const std::string& id) {
  const auto it = std::ranges::find(job.outputs, id, &EgressOutput::id);
  return it == job.outputs.end() ? nullptr : &*it;
}

EgressOutput* add_copied(EgressJob& job, const EgressReport::Output& report) {
  return report.copied ? add_copied(job, report.id) : nullptr;
}

EgressOutput* add_found(EgressJob& job, const std::string& name) {
  const auto known = std::ranges::find(job.outputs, job.folder() + "/" + name, &EgressOutput::path);
  if (known != job.outputs.end()) return &*known;
  if (job.copy) return add_copied(job, name);
  const std::size_t dot = name.rfind('.');
  if (!name.starts_with(job.id) || dot == std::string::npos || job.outputs.size() >= kMostCopied)
    return nullptr;
  EgressOutput file;
  const std::string suffix = name.substr(job.id.size(), dot - job.id.size());
  file.id = "file" + suffix;
  if (output_of(job, file.id)) return nullptr;
  file.path = job.folder() + "/" + name;
  file.name = part_name(job, suffix);
  return &job.outputs.emplace_back(std::move(file));
}

bool is_started(const EgressOutput& output) { return output.started_ms != 0; }

bool take_report(EgressOutput& o, const EgressReport::Output& report, std::int64_t unix_ms) {
  if (o.is_over()) return false;
  o.bytes = report.bytes;
  o.duration_ms = report.duration_ms;
  if (report.started && !is_started(o)) o.started_ms = unix_ms;
  const bool is_news = o.state != report.state;
  o.state = report.state;
  o.retries = report.retries;
  o.error = report.error;
  if (o.is_over()) o.ended_ms = unix_ms;
  return is_news;
}

void close_output(EgressOutput& o, std::int64_t unix_ms) {
  if (o.is_over()) return;
  o.state = State::ended;
  o.ended_ms = unix_ms;
}

}  // namespace plenum::control
