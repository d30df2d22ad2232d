import { expect, test } from "vitest";
import { type FocusPerson, LocalFocus } from "../src/core/focus.js";

const person = (id: string, more: Partial<FocusPerson> = {}): FocusPerson => ({
  id,
  mode: "SEND_AND_RECV",
  sharing: false,
  ...more,
});

test("who began to share last presents; when it stops, the one before does again", () => {
  const focus = new LocalFocus();
  focus.update([person("ada", { sharing: true }), person("ben")], []);
  const both = focus.update(
    [person("ada", { sharing: true }), person("ben", { sharing: true })],
    [],
  );
  const one = focus.update([person("ada", { sharing: true }), person("ben")], []);

  expect(both.presenter).toBe("ben");
  expect(one.presenter).toBe("ada");
});

test("the main participant presents, else speaks, else spoke last, else came first", () => {
  const focus = new LocalFocus();
  const people = [person("ada"), person("ben"), person("eve", { mode: "RECV_ONLY" })];

  expect(focus.update(people, []).main).toBe("ada");
  expect(focus.update(people, ["ben"]).main).toBe("ben");
  expect(focus.update(people, []).main).toBe("ben");
  expect(focus.update([person("ada"), person("eve")], []).main).toBe("ada");
});

test("who only receives never speaks", () => {
  const people = [person("eve", { mode: "RECV_ONLY" })];

  expect(new LocalFocus().update(people, ["eve"])).toEqual({
    activeSpeaker: null,
    presenter: null,
    main: null,
  });
});
