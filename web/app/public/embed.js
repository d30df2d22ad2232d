/* Shows a Plenum meeting in an element of a page:
 *   const call = Plenum.embed(element, { room, token, name, onJoined, onLeft });
 * See docs/app.md. */
(() => {
  const base = new URL(".", document.currentScript.src);
  const switches = { skipLobby: "skipLobby", hideControls: "hideControls" };
  const texts = ["name", "layout", "lang", "theme", "role", "server"];

  function address(options) {
    const url = new URL(base);
    url.searchParams.set("room", options.room);
    for (const key of texts) if (options[key]) url.searchParams.set(key, options[key]);
    for (const key of Object.keys(switches)) if (options[key]) url.searchParams.set(key, "1");
    if (options.mic === false) url.searchParams.set("mic", "0");
    if (options.cam === false) url.searchParams.set("cam", "0");
    url.searchParams.set("embedder", window.location.origin);
    // In the fragment, which no server logs.
    if (options.token) url.hash = new URLSearchParams({ token: options.token }).toString();
    return url;
  }

  function embed(element, options) {
    if (!(element instanceof Element)) throw new TypeError("Plenum.embed: an element is needed");
    if (!options || typeof options.room !== "string")
      throw new TypeError("Plenum.embed: room is needed");
    const frame = document.createElement("iframe");
    frame.allow =
      "camera; microphone; display-capture; autoplay; fullscreen; clipboard-write; speaker-selection";
    frame.title = options.title || "Meeting";
    frame.style.cssText = "border:0;width:100%;height:100%;display:block";
    frame.src = address(options).href;

    const heard = (event) => {
      if (event.origin !== base.origin || event.source !== frame.contentWindow) return;
      const told = event.data;
      if (told?.source !== "plenum") return;
      if (told.type === "ready" && options.onReady) options.onReady();
      if (told.type === "joined" && options.onJoined)
        options.onJoined({ participantId: told.participantId });
      if (told.type === "left" && options.onLeft)
        options.onLeft({ code: told.code, reason: told.reason });
      if (told.type === "participants" && options.onParticipants)
        options.onParticipants(told.count);
    };
    window.addEventListener("message", heard);
    element.append(frame);

    const ask = (wish) => frame.contentWindow?.postMessage({ plenum: wish }, base.origin);
    return {
      frame,
      toggleMic: () => ask("toggleMic"),
      toggleCamera: () => ask("toggleCamera"),
      leave: () => ask("leave"),
      remove() {
        window.removeEventListener("message", heard);
        frame.remove();
      },
    };
  }

  window.Plenum = Object.assign(window.Plenum || {}, { embed });
})();
