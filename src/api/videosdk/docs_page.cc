#include "api/videosdk/rest_api.h"

namespace plenum::videosdk_api {

const std::string_view kDocsPage = R"html(<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Plenum REST v2</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
summary { cursor: pointer; padding: .3rem 0 } code, pre { font-family: ui-monospace, monospace }
pre { background: #8882; padding: .7rem; overflow: auto } b { display: inline-block; width: 4rem }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } a { color: #8cf } }
</style>
<h1>Plenum REST v2</h1>
<p id="about"></p><p><a href="/openapi.json">openapi.json</a></p><main id="calls"></main>
<h2>Schemas</h2><main id="schemas"></main>
<script>
const add = (to, tag, text) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  return to.appendChild(element);
};
const json = (to, value) => add(to, 'pre', JSON.stringify(value, null, 2));
fetch('/openapi.json').then((response) => response.json()).then((document_) => {
  about.textContent = document_.info.description;
  for (const [path, methods] of Object.entries(document_.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const details = add(calls, 'details'), summary = add(details, 'summary');
      add(summary, 'b', method.toUpperCase());
      add(summary, 'code', path);
      add(summary, 'span', ' ' + operation.summary);
      for (const p of operation.parameters ?? []) {
        add(details, 'p', `${p.in} ${p.name}: ${p.description}`);
        json(details, p.schema);
      }
      if (operation.requestBody) {
        add(details, 'p', 'Body');
        json(details, operation.requestBody.content['application/json'].schema);
      }
      for (const [status, answer] of Object.entries(operation.responses)) {
        add(details, 'p', `${status}: ${answer.description}`);
        if (status === '200') json(details, answer.content?.['application/json'].schema);
      }
    }
  for (const [name, schema] of Object.entries(document_.components.schemas)) {
    const details = add(schemas, 'details');
    add(details, 'summary', name);
    json(details, schema);
  }
});
</script></html>
)html";

}  // namespace plenum::videosdk_api
