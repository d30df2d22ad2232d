import type { Join } from "./access";
import { element } from "./dom";

const NAME_KEY = "plenum-call-name";
const LIMIT = "256";

/** Browsers may forbid storage; the name is then asked again. */
function remembered(): string {
  try {
    return localStorage.getItem(NAME_KEY) ?? "";
  } catch {
    return "";
  }
}

function remember(name: string): void {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // See remembered().
  }
}

export interface JoinForm {
  root: HTMLElement;
  /** Shows what went wrong and lets the person try again; undefined while joining. */
  settle(error: string | undefined): void;
}

/** Asks for name and room. `onJoin` is called for each attempt. */
export function joinForm(address: URLSearchParams, onJoin: (join: Join) => void): JoinForm {
  const name = element("input", {
    id: "name",
    testid: "name",
    required: "",
    maxlength: LIMIT,
    autocomplete: "name",
    placeholder: "Ada",
  });
  name.value = address.get("name") ?? remembered();
  const room = element("input", {
    id: "room",
    testid: "room",
    required: "",
    maxlength: LIMIT,
    autocomplete: "off",
    placeholder: "tea-time",
  });
  room.value = address.get("room") ?? "";
  const button = element("button", { type: "submit", testid: "join", class: "primary" }, "Join");
  const error = element("p", { role: "alert", testid: "join-error", class: "error" });
  const form = element(
    "form",
    { class: "card" },
    element("h1", {}, "Plenum"),
    element(
      "p",
      { class: "lead" },
      "Pick a name and a room. Everyone who opens the same room meets there.",
    ),
    element("label", { for: "name" }, "Your name"),
    name,
    element("label", { for: "room" }, "Room"),
    room,
    button,
    error,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const join = { name: name.value.trim(), room: room.value.trim() };
    if (!join.name || !join.room) return;
    remember(join.name);
    error.textContent = "";
    button.disabled = true;
    button.textContent = "Joining…";
    onJoin(join);
  });
  return {
    root: element("section", { class: "lobby", "aria-label": "Join a room" }, form),
    settle(text) {
      button.disabled = false;
      button.textContent = "Join";
      error.textContent = text ?? "";
    },
  };
}
