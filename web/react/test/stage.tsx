import { render } from "@testing-library/react";
import { type ReactNode, StrictMode } from "react";
import { MeetingProvider, type MeetingProviderProps, useMeeting } from "../src/index.js";
import { type FakeMeeting, fakeMeetings } from "./fake_meeting.js";

/** Shows something inside a provider, with a fake meeting. */
export function show(ui: ReactNode, props: Partial<MeetingProviderProps> = {}, strict = true) {
  const made = fakeMeetings();
  const page = (inner: ReactNode, more: Partial<MeetingProviderProps> = {}) => {
    const provider = (
      <MeetingProvider config={{ meetingId: "room" }} token="token" {...props} {...more}>
        <Held />
        {inner}
      </MeetingProvider>
    );
    return strict ? <StrictMode>{provider}</StrictMode> : provider;
  };
  const view = render(page(ui));
  return {
    ...view,
    made,
    /** The meeting in use; StrictMode makes one more that is thrown away. */
    get meeting(): FakeMeeting {
      return held as FakeMeeting;
    },
    again: (inner: ReactNode, more?: Partial<MeetingProviderProps>) =>
      view.rerender(page(inner, more)),
  };
}

let held: FakeMeeting | undefined;

function Held(): null {
  held = useMeeting().meeting as unknown as FakeMeeting;
  return null;
}
