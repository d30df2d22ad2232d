import { describe, expect, test } from "vitest";
import { invitation, readParameters } from "./parameters";

describe("readParameters", () => {
  test("has defaults for an empty address", () => {
    expect(readParameters("")).toEqual({
      guest: false,
      micOn: true,
      camOn: true,
      layout: "auto",
      theme: "auto",
      skipLobby: false,
      hideControls: false,
    });
  });

  test("reads what is there, and the fragment last", () => {
    const read = readParameters(
      "?room=standup&token=a&name=Ada+L&mic=off&cam=0&layout=grid&lang=ar&theme=dark&skipLobby&hideControls=1&role=guest",
      "#token=b",
    );

    expect(read).toMatchObject({ room: "standup", token: "b", name: "Ada L", micOn: false });
    expect(read).toMatchObject({ camOn: false, layout: "grid", language: "ar", theme: "dark" });
    expect(read).toMatchObject({ skipLobby: true, hideControls: true, guest: true });
  });

  test("takes malformed values for absent ones", () => {
    const read = readParameters(
      `?room=${"r".repeat(129)}&layout=pile&theme=pink&server=javascript:alert(1)&embedder=nonsense`,
    );

    expect(read.room).toBeUndefined();
    expect(read).toMatchObject({ layout: "auto", theme: "auto" });
    expect(read.server).toBeUndefined();
    expect(read.embedder).toBeUndefined();
  });
});

test("an invitation names the room and nobody's token", () => {
  expect(invitation("https://meet.example/app/?room=x&token=secret#token=s", "a b", true)).toBe(
    "https://meet.example/app/?room=a+b&role=guest",
  );
});
