import { expect, test } from "vitest";
import { directionOf } from "../strings";
import { hueOf, initials } from "./initials";

test("initials are the first letters of the first and last name, in any script", () => {
  expect(["Ada", "ada m. lovelace", "  ", "🙂 Ben", "محمد علي", "張偉"].map(initials)).toEqual([
    "A",
    "AL",
    "?",
    "B",
    "مع",
    "張",
  ]);
});

test("a name keeps its hue", () => {
  expect(hueOf("Ada")).toBe(hueOf("Ada"));
  expect(hueOf("Ada")).toBeLessThan(360);
});

test("languages have directions", () => {
  expect(["en", "ar", "fa-IR", "HE"].map(directionOf)).toEqual(["ltr", "rtl", "rtl", "rtl"]);
});
