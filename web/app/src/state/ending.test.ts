import { Constants } from "@plenum/js-sdk";
import { expect, test } from "vitest";
import { endingOf, failureOf } from "./ending";
import { lossBetween, networkLevel } from "./network";

test("who is out is told why", () => {
  const title = (code: number) => endingOf({ code, message: "UNKNOWN" }).title;
  const { leaveReason } = Constants;

  expect(title(leaveReason.MANUAL_LEAVE_CALLED)).toBe("leftTitle");
  expect(title(leaveReason.REMOVE_PEER)).toBe("removedTitle");
  expect(title(leaveReason.ROOM_CLOSE)).toBe("endedTitle");
  expect(title(leaveReason.DUPLICATE_PARTICIPANT)).toBe("elsewhereTitle");
  expect(title(9999)).toBe("lostTitle");
});

test("who does not get in is told why", () => {
  expect(failureOf({ code: Constants.errors.INVALID_TOKEN }, false).text).toBe("failToken");
  expect(failureOf(new Error("odd"), false)).toMatchObject({ text: "failOther", message: "odd" });
  expect(failureOf(new Error("odd"), true).title).toBe("deniedTitle");
});

test("loss counts what went missing since the last look", () => {
  expect(lossBetween({ total: 100, lost: 0 }, { total: 190, lost: 10 })).toBe(10);
  expect(lossBetween({ total: 100, lost: 9 }, { total: 10, lost: 0 })).toBe(0);
  expect(networkLevel({ rtt: 30, lossPercent: 0 })).toBe(3);
  expect(networkLevel({ rtt: 30, lossPercent: 3 })).toBe(2);
  expect(networkLevel({ rtt: 900, lossPercent: 0 })).toBe(1);
});
