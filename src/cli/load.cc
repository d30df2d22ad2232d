#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/credentials.h"
#include "cli/load_command.h"
#include "load/report.h"
#include "load/report_html.h"
#include "load/swarm.h"

namespace plenum::cli {
namespace {

void write_file(const std::string& path, const std::string& text) {
  if (path == "-") {
    std::fputs(text.c_str(), stdout);
    return;
  }
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace

int load(const Context& context) {
  if (context.wants_help()) {
    std::fputs(load_help().c_str(), stdout);
    return 0;
  }
  const LoadOrder order = read_load_order(context);
  const load::Scenario& s = order.scenario;
  const std::size_t expected = std::size_t{s.rooms} * (s.publishers + s.subscribers);
  const bool live = !order.quiet && ::isatty(STDERR_FILENO);
  load::Swarm swarm(s, [&](const load::Sample& sample) {
    if (live) std::fprintf(stderr, "\r\x1b[K%s", load::progress_line(sample, expected).c_str());
  });
  const load::RunResult result = swarm.run();
  if (live) std::fputs("\r\x1b[K", stderr);
  const boost::json::object report = load::report_json(s, result);
  if (!order.json.empty()) write_file(order.json, boost::json::serialize(report) + "\n");
  if (!order.html.empty()) write_file(order.html, load::report_html(report));
  if (!order.quiet && order.json != "-") std::fputs(load::report_text(report).c_str(), stdout);
  for (const load::Visit& v : result.visits)
    if (!v.failure.empty()) return 1;
  return result.visits.empty() ? 1 : 0;
}

}  // namespace plenum::cli
