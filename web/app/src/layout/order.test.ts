import { expect, test } from "vitest";
import { type Person, reorder } from "./order";

const person = (id: string, over: Partial<Person> = {}): Person => ({
  id,
  local: id === "me",
  cameraOn: true,
  ...over,
});
const all = ["a", "b", "c", "d"].map((id) => person(id));

test("who comes is last, and oneself first", () => {
  expect(reorder([], [person("a"), person("me")], null, 4)).toEqual(["me", "a"]);
  expect(reorder(["me", "a"], [person("b"), person("a"), person("me")], null, 4)).toEqual([
    "me",
    "a",
    "b",
  ]);
});

test("who goes leaves the others in order", () => {
  expect(reorder(["d", "c", "b", "a"], all.slice(0, 3), null, 4)).toEqual(["c", "b", "a"]);
});

test("a speaker on the page moves nobody", () => {
  expect(reorder(["a", "b", "c", "d"], all, "b", 2)).toEqual(["a", "b", "c", "d"]);
});

test("a speaker from another page takes the place of somebody without camera, else the last", () => {
  const dark = all.map((p) => (p.id === "a" ? { ...p, cameraOn: false } : p));

  expect(reorder(["a", "b", "c", "d"], all, "d", 2)).toEqual(["a", "d", "c", "b"]);
  expect(reorder(["a", "b", "c", "d"], dark, "d", 2)).toEqual(["d", "b", "c", "a"]);
});
