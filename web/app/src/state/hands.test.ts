import { expect, test } from "vitest";
import { applyHand, readHand } from "./hands";

test("hands stay in the order in which they were raised", () => {
  let hands: string[] = [];
  for (const id of ["a", "b", "a", "c"]) hands = applyHand(hands, { participantId: id, up: true });
  expect(hands).toEqual(["a", "b", "c"]);

  expect(applyHand(hands, { participantId: "b", up: false })).toEqual(["a", "c"]);
  expect(applyHand(hands, { participantId: "nobody", up: false })).toEqual(["a", "b", "c"]);
});

test("what is no hand is not taken for one", () => {
  for (const odd of [null, 1, "up", {}, { participantId: 1, up: true }, { participantId: "a" }])
    expect(readHand(odd)).toBeUndefined();
  expect(readHand({ participantId: "a", up: true, more: 1 })).toEqual({
    participantId: "a",
    up: true,
  });
});
