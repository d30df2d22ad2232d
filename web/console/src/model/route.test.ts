import { expect, it } from "vitest";
import { parseRoute, type Route, routeHash, sectionOf } from "./route";

it("a place in the console survives its URL, whatever the room is called", () => {
  const places: Route[] = [
    { page: "live" },
    { page: "room", room: "a/b ?#%ü" },
    { page: "sessions" },
    { page: "session", id: "65a0" },
    { page: "recordings" },
    { page: "webhooks" },
  ];
  for (const place of places) expect(parseRoute(routeHash(place))).toEqual(place);
});

it("what is no place leads to the live rooms", () => {
  for (const hash of ["", "#", "#/", "#/nowhere", "#/live/%E0%A4%A"])
    expect(parseRoute(hash)).toEqual({ page: "live" });
});

it("a room is in the menu under live, a session under sessions", () => {
  expect(sectionOf({ page: "room", room: "r" })).toBe("live");
  expect(sectionOf({ page: "session", id: "s" })).toBe("sessions");
});
