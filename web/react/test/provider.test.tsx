import { act, render, screen } from "@testing-library/react";
import { Component, type ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { MeetingConsumer, useMeeting } from "../src/index.js";
import { show } from "./stage.js";

afterEach(() => vi.restoreAllMocks());

const joins = (made: { join: { mock: { calls: unknown[] } } }[]) =>
  made.reduce((sum, { join }) => sum + join.mock.calls.length, 0);

test("StrictMode joins once, leaves once, and leaves no listener behind", async () => {
  const page = show(<MeetingConsumer>{() => null}</MeetingConsumer>, {
    joinWithoutUserInteraction: true,
  });
  await act(async () => undefined);
  const { meeting } = page;
  expect(joins(page.made)).toBe(1);
  expect(meeting.leave).not.toHaveBeenCalled();
  expect(meeting.listenerCount("speaker-changed")).toBe(1);

  await act(async () => page.unmount());
  expect(meeting.leave).toHaveBeenCalledTimes(1);
  for (const event of ["meeting-joined", "meeting-left", "speaker-changed"] as const)
    expect(meeting.listenerCount(event)).toBe(0);
  expect(meeting.localParticipant.listenerCount("stream-enabled")).toBe(0);
});

test("a meeting that was not joined is not left", async () => {
  const page = show(null);
  const { meeting } = page;
  await act(async () => page.unmount());

  expect(meeting.join).not.toHaveBeenCalled();
  expect(meeting.leave).not.toHaveBeenCalled();
});

test("the first config stays, unless it is asked to follow it", async () => {
  const page = show(null);
  const first = page.meeting;
  page.again(null, { config: { meetingId: "other" } });
  expect(page.meeting).toBe(first);

  const following = show(null, {
    reinitialiseMeetingOnConfigChange: true,
    joinWithoutUserInteraction: true,
  });
  await act(async () => undefined);
  const left = following.meeting;
  following.again(null, { config: { meetingId: "room" } });
  expect(following.meeting).toBe(left);
  await act(async () => following.again(null, { config: { meetingId: "other" } }));
  expect(following.meeting.id).toBe("other");
  expect(left.leave).toHaveBeenCalledTimes(1);
  expect(following.meeting.join).toHaveBeenCalledTimes(1);
});

test("the consumer renders what it is given and calls back", async () => {
  const onMeetingJoined = vi.fn();
  const page = show(
    <MeetingConsumer onMeetingJoined={onMeetingJoined}>
      {({ isMeetingJoined }) => (isMeetingJoined ? "inside" : "outside")}
    </MeetingConsumer>,
  );
  expect(screen.getByText("outside")).toBeTruthy();
  await act(() => page.meeting.join());

  expect(screen.getByText("inside")).toBeTruthy();
  expect(onMeetingJoined).toHaveBeenCalledTimes(1);
});

test("a hook outside of a provider says what is missing", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const seen: unknown[] = [];
  class Boundary extends Component<{ children: ReactNode }> {
    override state = { failed: false };
    static getDerivedStateFromError = () => ({ failed: true });
    override componentDidCatch(error: unknown) {
      seen.push(error);
    }
    override render = () => (this.state.failed ? null : this.props.children);
  }
  function Lost() {
    useMeeting();
    return null;
  }
  const quiet = (event: ErrorEvent) => event.preventDefault();
  window.addEventListener("error", quiet);
  render(
    <Boundary>
      <Lost />
    </Boundary>,
  );
  window.removeEventListener("error", quiet);
  expect(String(seen[0])).toContain("<MeetingProvider>");
});
