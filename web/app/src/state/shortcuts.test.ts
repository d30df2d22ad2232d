import { expect, test } from "vitest";
import { actionOf, SHORTCUTS } from "./shortcuts";

const key = (name: string, over = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  ...over,
});

test("each key has one action", () => {
  const keys = Object.values(SHORTCUTS);
  expect(new Set(keys).size).toBe(keys.length);
  expect(actionOf(key("M"), false)).toBe("toggleMic");
  expect(actionOf(key("?"), false)).toBe("openHelp");
});

test("the browser's keys and what is typed are left alone", () => {
  expect(actionOf(key("m"), true)).toBeUndefined();
  expect(actionOf(key("p", { ctrlKey: true }), false)).toBeUndefined();
  expect(actionOf(key("m", { repeat: true }), false)).toBeUndefined();
  expect(actionOf(key("x"), false)).toBeUndefined();
});
