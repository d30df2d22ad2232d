import { expect, it } from "vitest";
import { forget, recall, remember } from "./remembered";

/** As sessionStorage, as far as it is used. */
function storage(content = new Map<string, string>()): Storage {
  return {
    length: 0,
    clear: () => content.clear(),
    key: () => null,
    getItem: (name) => content.get(name) ?? null,
    setItem: (name, value) => content.set(name, value),
    removeItem: (name) => content.delete(name),
  };
}

it("a key is remembered until it is forgotten", () => {
  const tab = storage();
  expect(recall(tab)).toBeUndefined();
  remember({ apiKey: "key", secret: "secret" }, tab);
  expect(recall(tab)).toEqual({ apiKey: "key", secret: "secret" });
  forget(tab);
  expect(recall(tab)).toBeUndefined();
});

it("what somebody else left there is nobody's key", () => {
  for (const text of ["{", "null", "[1]", '{"apiKey":1,"secret":"s"}'])
    expect(recall(storage(new Map([["plenum-console", text]])))).toBeUndefined();
});
