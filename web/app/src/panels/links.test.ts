import { expect, test } from "vitest";
import { linked } from "./links";

test("addresses become links, without the full stop behind them", () => {
  expect(linked("See https://a.example/b?c=d. And (http://e.example/f)!")).toEqual([
    { text: "See " },
    { text: "https://a.example/b?c=d", url: "https://a.example/b?c=d" },
    { text: ". And (" },
    { text: "http://e.example/f", url: "http://e.example/f" },
    { text: ")!" },
  ]);
});

test("nothing else does", () => {
  for (const text of ["javascript:alert(1)", "data:text/html,x", "no link", ""])
    expect(linked(text).some((part) => part.url)).toBe(false);
});
