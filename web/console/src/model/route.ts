/** Where in the console one is. Kept in the URL behind "#", so that links and the back button work. */
export type Route =
  | { page: "live" }
  | { page: "room"; room: string }
  | { page: "sessions" }
  | { page: "session"; id: string }
  | { page: "recordings" }
  | { page: "webhooks" };

export function parseRoute(hash: string): Route {
  const [page, name] = hash.replace(/^#\/?/, "").split("/");
  let value = "";
  try {
    value = decodeURIComponent(name ?? "");
  } catch {
    return { page: "live" };
  }
  if (page === "live" && value) return { page: "room", room: value };
  if (page === "sessions") return value ? { page: "session", id: value } : { page: "sessions" };
  if (page === "recordings" || page === "webhooks") return { page };
  return { page: "live" };
}

export function routeHash(route: Route): string {
  if (route.page === "room") return `#/live/${encodeURIComponent(route.room)}`;
  if (route.page === "session") return `#/sessions/${encodeURIComponent(route.id)}`;
  return `#/${route.page}`;
}

/** The entry of the menu that a page belongs to. */
export const sectionOf = (route: Route) =>
  route.page === "room" ? "live" : route.page === "session" ? "sessions" : route.page;
