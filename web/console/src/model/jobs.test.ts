import { expect, it } from "vitest";
import type { Job, MediaFile } from "../api/types";
import { fileName, filesOf, hasEnded, hlsUrl, isRunning, toneOf } from "./jobs";

const job = (fields: Partial<Job>): Job => ({
  id: "1",
  roomId: "r",
  sessionId: "s",
  start: "",
  end: null,
  status: "recording",
  ...fields,
});
const file = (id: string): MediaFile => ({
  id,
  type: "video",
  size: 1,
  filePath: `recordings/${id}.mp4`,
  fileUrl: "",
});

it("what runs can be ended, what has ended can be deleted, what is being closed neither", () => {
  const may = (status: string) => [isRunning(job({ status })), hasEnded(job({ status }))];
  for (const status of ["starting", "recording", "started", "playable"])
    expect(may(status)).toEqual([true, false]);
  for (const status of ["completed", "stopped", "failed"])
    expect(may(status)).toEqual([false, true]);
  for (const status of ["processing", "stopping"]) expect(may(status)).toEqual([false, false]);
  expect(toneOf(job({ status: "failed" }))).toBe("bad");
});

it("files are all parts, or the one there is", () => {
  expect(filesOf(job({ files: [file("a"), file("b")], file: file("a") }))).toHaveLength(2);
  expect(filesOf(job({ file: file("a") }))).toHaveLength(1);
  expect(filesOf(job({ file: null }))).toEqual([]);
  expect(fileName(file("a"))).toBe("a.mp4");
});

it("a stream can be watched once it has begun", () => {
  const playbackHlsUrl = "http://here/index.m3u8";
  expect(hlsUrl(job({ status: "starting", playbackHlsUrl }))).toBeUndefined();
  expect(hlsUrl(job({ status: "playable", playbackHlsUrl }))).toBe(playbackHlsUrl);
  expect(hlsUrl(job({}))).toBeUndefined();
});
