import { expect, test } from "vitest";
import { permissionsOf, roomOf } from "./token";

const token = (claims: object) => `e30.${btoa(JSON.stringify(claims)).replaceAll("=", "")}.x`;

test("reads the permissions of both kinds of tokens", () => {
  const guest = token({ permissions: ["ask_join"], roomId: "a" });
  const host = token({ permissions: ["allow_join", "allow_mod"] });
  const admin = token({ video: { room: "b", roomAdmin: true } });

  expect(permissionsOf(guest)).toEqual({ asksToJoin: true, admits: false, moderates: false });
  expect(permissionsOf(host)).toEqual({ asksToJoin: false, admits: true, moderates: true });
  expect(permissionsOf(admin)).toEqual({ asksToJoin: false, admits: true, moderates: true });
  expect([roomOf(guest), roomOf(host), roomOf(admin)]).toEqual(["a", undefined, "b"]);
});

test("finds nothing in what is no token", () => {
  for (const nonsense of ["", "a.b.c", "x", `e30.${btoa("[1]")}.x`, `e30.${btoa("null")}.x`])
    expect(permissionsOf(nonsense)).toEqual({
      asksToJoin: false,
      admits: false,
      moderates: false,
    });
});
