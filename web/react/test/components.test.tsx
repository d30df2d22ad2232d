import { act } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { AudioPlayer, VideoPlayer, withAdaptiveObservers } from "../src/index.js";
import { show } from "./stage.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const shown = (element: HTMLMediaElement | null) =>
  (element?.srcObject as unknown as { tracks: unknown[] } | null)?.tracks[0];

test("a video player shows the stream there is, in a box that stays", () => {
  const { meeting, container } = show(
    <VideoPlayer participantId="a" className="box" classNameVideo="v" maxQuality="low" />,
  );
  expect(container.querySelector(".box video")).toBeNull();
  act(() => void meeting.comes("a").turnOn("video"));
  const a = meeting.participants.get("a");
  const video = container.querySelector<HTMLVideoElement>(".box video.v");
  expect(shown(video)).toBe(a?.stream("video")?.track);
  expect(video?.muted).toBe(true);
  expect(a?.setQuality).toHaveBeenCalledWith("low");

  act(() => a?.turnOff("video"));
  expect(container.querySelector("video")).toBeNull();
  act(() => void a?.turnOn("video"));
  expect(shown(container.querySelector("video"))).toBe(a?.stream("video")?.track);
});

test("an audio player plays others and not oneself", () => {
  const { meeting, container } = show(
    <>
      <AudioPlayer participantId="me" />
      <AudioPlayer participantId="a" volume={0.5} />
    </>,
  );
  act(() => void meeting.localParticipant.turnOn("audio"));
  act(() => void meeting.comes("a").turnOn("audio"));
  const [own, other] = [...container.querySelectorAll("audio")];
  expect(own?.muted).toBe(true);
  expect(other?.muted).toBe(false);
  expect(other?.volume).toBe(0.5);
  expect(shown(other ?? null)).toBe(meeting.participants.get("a")?.stream("audio")?.track);
});

test("a tile that is off the screen is not received, and comes back", () => {
  vi.useFakeTimers();
  let see: ((entries: { isIntersecting: boolean }[]) => void) | undefined;
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(callback: typeof see) {
        see = callback;
      }
      observe() {}
      disconnect() {}
    },
  );
  const Tile = withAdaptiveObservers(({ participantId }: { participantId: string }) => (
    <p>{participantId}</p>
  ));
  const page = show(<Tile participantId="a" />);
  act(() => void page.meeting.comes("a").turnOn("video"));
  const first = page.meeting.participants.get("a")?.stream("video");
  act(() => see?.([{ isIntersecting: false }]));
  expect(first?.pause).not.toHaveBeenCalled();
  act(() => void vi.advanceTimersByTime(600));
  expect(first?.pause).toHaveBeenCalledTimes(1);

  act(() => see?.([{ isIntersecting: true }]));
  expect(first?.resume).toHaveBeenCalledTimes(1);
  act(() => see?.([{ isIntersecting: false }]));
  act(() => void vi.advanceTimersByTime(600));
  act(() => page.meeting.participants.get("a")?.turnOff("video"));
  expect(first?.resume).toHaveBeenCalledTimes(1);
});
